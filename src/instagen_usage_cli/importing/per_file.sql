-- What each file says of an affected request, together with what the same file said before. Of requests that are known,
-- rows that it said word for word are left out first: they change nothing, and in a log that grew they are nearly all.
create temp view said_per_file as
with loose as (
  select * exclude (place)
  from staged_requests
  semi join affected on affected.request_key = staged_requests.request_key
),
unsaid as (
  select loose.* exclude (import_id)
  from loose
  semi join known on known.request_key = loose.request_key
  except
  select * exclude (import_id, is_sighting) from known
)
select loose.*
from loose
anti join known on known.request_key = loose.request_key
union all by name
select
  files.import_id,
  unsaid.*
from unsaid
inner join files on files.name = unsaid.path
union all by name
select known.* exclude (is_sighting)
from known
semi join unsaid on unsaid.request_key = known.request_key and unsaid.path = known.path;
