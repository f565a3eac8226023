-- One row per change of the clocks of a zone from 2010 to 2040, in order, with the seconds by which they are ahead of UTC
-- from then on; the first row is how they were before. Clocks change at a full minute, and not twice in a day.
with days as (
  select
    day,
    at_zone(day, $zone) - day as ahead,
    lag(ahead) over (order by day) as ahead_before
  from generate_series(timestamp '2010-01-01', timestamp '2040-01-01', interval 1 day) as each (day)
),
hours as (
  select
    hour,
    at_zone(hour, $zone) - hour as ahead,
    lag(ahead) over (order by hour) as ahead_before
  from (
    select unnest(generate_series(day - interval 1 day, day, interval 1 hour)) as hour
    from days
    where ahead <> ahead_before
  )
),
minutes as (
  select
    minute,
    at_zone(minute, $zone) - minute as ahead,
    lag(ahead) over (order by minute) as ahead_before
  from (
    select unnest(generate_series(hour - interval 1 hour, hour, interval 1 minute)) as minute
    from hours
    where ahead <> ahead_before
  )
)
select
  null as changed_at,
  epoch(ahead)::bigint as ahead
from days
where ahead_before is null
union all
select
  epoch(minute)::bigint as changed_at,
  epoch(ahead)::bigint as ahead
from minutes
where ahead <> ahead_before
order by changed_at nulls first
