-- One row: how many single requests the filter has, from when to when.
with
-- include: views/counted
single as (
  select started_at
  from counted
  where stated_until is null
)
select
  count(*) as requests,
  min(started_at) as first_at,
  max(started_at) as last_at
from single
