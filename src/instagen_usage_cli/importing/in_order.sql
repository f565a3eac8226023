-- Whether the records came in the order of their time.
select coalesce(bool_and(started_at >= time_before), true)
from (
  select
    started_at,
    lag(started_at) over () as time_before
  from staging.staged
  where skip_reason is null
)
