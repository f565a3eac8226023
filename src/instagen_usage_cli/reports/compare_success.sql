-- One row: how many requests with a known outcome the baseline and another model have, and how many of them succeeded.
select
  count(*) filter (where place = 1 and success_pct = 100) as baseline_ok,
  count(*) filter (where place = 1) as baseline_requests,
  count(*) filter (where place <> 1 and success_pct = 100) as ok,
  count(*) filter (where place <> 1) as requests
from compared
where
  place in (1, $place)
  and success_pct is not null
