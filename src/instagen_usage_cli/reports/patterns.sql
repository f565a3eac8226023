-- One row per weekday (1 is Monday) or hour of the day, or both, and combination of the chosen dimensions: the measures, and
-- how many hours of the window and of the imported time there were of it.
with
-- if: latency
-- include: views/counted
slots_in_use as (
  select distinct time_bucket(interval 15 minutes, started_at) as slot
  from counted
),
-- end
-- if: not latency
slots_in_use as (
  select distinct slot
  from sums
),
-- end
clocks as (
  select
    slot,
    time_of_week(slot, $pattern, $zone) as time_of_week
  from slots_in_use
),
placed as (
  select
    *,
-- include: views/dimensions
  from (
    -- if: latency
    select
      *,
      time_bucket(interval 15 minutes, started_at) as slot
    from counted
    -- end
    -- if: not latency
    from sums
    -- end
  ) as measured
  inner join clocks using (slot)
),
grouped as (
  select
    time_of_week,
    dimensions,
    -- if: latency
    count(duration_ms) filter (where status is distinct from 'error') as duration_samples,
    quantile_cont(duration_ms::double, [0.5, 0.95, 0.99]) filter (where status is distinct from 'error') as quantiles
    -- end
    -- if: not latency
    sum(columns('^(failed_|judged_)?requests$'))::bigint as '\0',
    sum(columns('^(input|output|total)_tokens$'))::bigint as '\0',
    sum(cost_usd)::decimal(38, 12) as cost_usd
    -- end
  from placed
  group by
    time_of_week,
    dimensions
),
imported as (
  -- To the end of the quarter of an hour that holds the last request: it lasted longer than that moment.
  select
    greatest(time_bucket(interval 15 minutes, covered_since), $filter['since']) as opening,
    least(
      time_bucket(interval 15 minutes, covered_until - interval 1 microsecond) + interval 15 minutes,
      $filter['until']
    ) as closing
  from covered()
),
slots as (
  select
    time_of_week(slot, $pattern, $zone) as time_of_week,
    sum(epoch_us(least(slot + interval 15 minutes, closing)) - epoch_us(greatest(slot, opening)))::bigint
    / 3600e6 as hours
  from (
    select
      *,
      unnest(generate_series(time_bucket(interval 15 minutes, opening), closing, interval 15 minutes)) as slot
    from imported
  )
  where slot < closing
  group by all
),
series as (
  select distinct dimensions
  from grouped
),
filled as (
  select
    *,
    grouped.time_of_week is null as is_empty
  from slots
  cross join series
  left join grouped using (time_of_week, dimensions)
)
select
  time_of_week.*,
  dimensions.*,
  hours,
  -- if: latency
  coalesce(duration_samples, 0) as duration_samples,
  quantiles[1] as p50_duration_ms,
  quantiles[2] as p95_duration_ms,
  quantiles[3] as p99_duration_ms
  -- end
  -- if: not latency
  success_pct(judged_requests, failed_requests) as success_pct,
  case when is_empty then 0 else columns('^(failed_)?requests$|_tokens$|^cost_usd$') end as '\0'
  -- end
from filled
order by
  time_of_week,
  dimensions
