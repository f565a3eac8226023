-- All that is now known of the requests to which this import adds something.
create or replace temp table contributions as
select
  '' as path,
  known.* exclude (path, is_sighting)
from known
semi join fresh on fresh.request_key = known.request_key
union all by name
select
  '' as path,
  fresh.* exclude (path)
from fresh;
