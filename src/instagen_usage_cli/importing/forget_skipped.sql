-- What the forgotten imports left here.
delete from skipped
where import_id in (select unnest($imports));
