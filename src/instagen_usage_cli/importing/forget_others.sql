-- What the other imports say of the kept requests.
create or replace temp table said_by_others as
select
  '' as path,
  sources.precedence,
  sightings.*
from sightings
semi join kept on kept.request_key = sightings.request_key
left join sources on sources.source = sightings.source
where sightings.import_id not in (select unnest($imports));
