-- One row: how many single requests the filter has, from when to when.
select
  count(*) as requests,
  min(started_at) as first_at,
  max(started_at) as last_at
from counted($filter)
where stated_until is null
