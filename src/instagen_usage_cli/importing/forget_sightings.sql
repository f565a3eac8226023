-- What the forgotten imports left here.
delete from sightings
where import_id in (select unnest($imports));
