-- Keep what each import said of a request that more than one of them brought.
insert into sightings by name
with several as (
  select request_key
  from said_per_request
  group by request_key
  having count(*) > 1
)
select fresh.* exclude (path, precedence)
from fresh
semi join several on several.request_key = fresh.request_key
union all by name
select known.* exclude (path, precedence, is_sighting)
from known
semi join several on several.request_key = known.request_key
where not known.is_sighting;
