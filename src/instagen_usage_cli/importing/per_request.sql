-- All that is now known of the requests to which this import adds something, where more than one file or import tells
-- of them.
create temp table said_per_request as
with several as (
  select request_key
  from fresh
  group by request_key
  having count(*) > 1
  union
  select known.request_key
  from known
  semi join fresh on fresh.request_key = known.request_key
)
select
  '' as path,
  known.* exclude (path, is_sighting)
from known
semi join several on several.request_key = known.request_key
union all by name
select
  '' as path,
  fresh.* exclude (path)
from fresh
semi join several on several.request_key = fresh.request_key;
