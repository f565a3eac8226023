-- One row per change of the clocks of a zone from 2010 to 2040, in order, with the seconds by which they are ahead of UTC
-- from then on; the first row is how they were before. No zone changes off the quarters of an hour, or twice in a day.
with days as (
  select
    day,
    at_zone(day, $zone) - day as ahead,
    lag(ahead) over (order by day) as ahead_before
  from generate_series(timestamp '2010-01-01', timestamp '2040-01-01', interval 1 day) as each (day)
),
quarters as (
  select
    quarter,
    at_zone(quarter, $zone) - quarter as ahead,
    lag(ahead) over (order by quarter) as ahead_before
  from (
    select unnest(generate_series(day - interval 1 day, day, interval 15 minutes)) as quarter
    from days
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
  epoch(quarter)::bigint as changed_at,
  epoch(ahead)::bigint as ahead
from quarters
where ahead <> ahead_before
order by changed_at nulls first
