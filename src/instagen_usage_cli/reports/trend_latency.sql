-- One row per bucket and combination of the chosen dimensions (part = 'rows'), one per combination ('series'), and one
-- for everything ('total'): exact percentiles, to the µs, over the single requests that did not fail, of the window,
-- which begins at the split of $filter, and of the whole bucket, which may begin before.
create or replace temp table trend as
with
-- include: views/counted
quarters as (
  select
    quarter,
    bucket(quarter, $every, $zone) as bucket
  from (select distinct time_bucket(interval 15 minutes, started_at) as quarter from counted) as slots
),
timed as (
  select
    quarters.bucket,
    $split_at is null or counted.started_at >= $split_at as in_window,
-- include: views/dimensions
    counted.started_at,
    counted.duration_ms
  from counted
  inner join quarters
    on quarters.quarter = time_bucket(interval 15 minutes, counted.started_at)
  where
    counted.duration_ms is not null
    and counted.stated_until is null
    and counted.status is distinct from 'error'
),
grouped as (
  select
    case
      when grouping(bucket) = 0 then 'rows'
      when grouping(dimensions) = 0 then 'series'
      else 'total'
    end as part,
    bucket,
    dimensions,
    bool_or(in_window) as in_window,
    count(*) filter (where in_window) as duration_samples,
    quantile_cont(duration_ms::double, [0.5, 0.95, 0.99]) filter (where in_window) as quantiles,
    case when $split_at is not null then quantile_cont(duration_ms::double, 0.95) end as whole,
    min(started_at) filter (where in_window) as first_at,
    max(started_at) filter (where in_window) as last_at
  from timed
  group by
    grouping sets (
      (bucket, dimensions),
      (dimensions),
      ()
    )
)
select
  * exclude (quantiles, whole),
  round(quantiles[1], 3) as p50_duration_ms,
  round(quantiles[2], 3) as p95_duration_ms,
  round(quantiles[3], 3) as p99_duration_ms,
  round(coalesce(whole, quantiles[2]), 3) as whole,
  null::timestamp as stated_until
from grouped;
