-- The requests that other imports brought too: they stay, as those say.
create or replace temp table kept as
select distinct request_key
from sightings
where import_id in (select unnest($imports));
