-- An empty table of contributions, for `merged` to stand on.
create or replace temp table contributions as
select
  '' as path,
  0::bigint as precedence,
  *
from sightings
limit 0;
