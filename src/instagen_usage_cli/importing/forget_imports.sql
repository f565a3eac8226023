-- What the forgotten imports left here.
delete from imports
where import_id in (select unnest($imports));
