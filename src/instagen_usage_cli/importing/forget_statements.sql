-- What the forgotten imports left here.
delete from statements
where import_id in (select unnest($imports));
