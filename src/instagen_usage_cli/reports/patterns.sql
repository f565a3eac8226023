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
    case when list_contains($pattern, 'weekday') then isodow(clock) end as weekday,
    case when list_contains($pattern, 'hour_of_day') then hour(clock) end as hour_of_day
  from (
    select
      slot,
      slot at time zone 'UTC' at time zone $zone as clock
    from slots_in_use
  )
),
placed as (
  select
    clocks.weekday,
    clocks.hour_of_day,
    measured.* exclude (slot, model, provider, access_key, project, "user", source, status),
    measured.status as outcome,
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
  inner join clocks
    on clocks.slot = measured.slot
),
grouped as (
  select
    weekday,
    hour_of_day,
    model,
    provider,
    access_key,
    project,
    "user",
    source,
    status,
    -- if: latency
    count(duration_ms) filter (where outcome is distinct from 'error') as duration_samples,
    quantile_cont(duration_ms::double, [0.5, 0.95, 0.99]) filter (where outcome is distinct from 'error') as quantiles
    -- end
    -- if: not latency
    sum(requests)::bigint as requests,
    sum(failed_requests)::bigint as failed_requests,
    sum(judged_requests)::bigint as judged_requests,
    sum(input_tokens)::bigint as input_tokens,
    sum(output_tokens)::bigint as output_tokens,
    sum(total_tokens)::bigint as total_tokens,
    sum(cost_usd)::decimal(38, 12) as cost_usd
    -- end
  from placed
  group by weekday, hour_of_day, model, provider, access_key, project, "user", source, status
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
    case when list_contains($pattern, 'weekday') then isodow(clock) end as weekday,
    case when list_contains($pattern, 'hour_of_day') then hour(clock) end as hour_of_day,
    sum(epoch_us(least(slot + interval 15 minutes, closing)) - epoch_us(greatest(slot, opening)))::bigint
    / 3600e6 as hours
  from (
    select
      slot,
      slot at time zone 'UTC' at time zone $zone as clock,
      opening,
      closing
    from (
      select
        unnest(generate_series(time_bucket(interval 15 minutes, opening), closing, interval 15 minutes)) as slot,
        opening,
        closing
      from imported
    )
    where slot < closing
  )
  group by all
),
series as (
  select distinct
    model,
    provider,
    access_key,
    project,
    "user",
    source,
    status
  from grouped
),
filled as (
  select
    slots.weekday,
    slots.hour_of_day,
    slots.hours,
    series.*,
    grouped.weekday is null and grouped.hour_of_day is null as is_empty,
    grouped.* exclude (weekday, hour_of_day, model, provider, access_key, project, "user", source, status)
  from slots
  cross join series
  left join grouped
    on
      grouped.weekday is not distinct from slots.weekday
      and grouped.hour_of_day is not distinct from slots.hour_of_day
      and grouped.model is not distinct from series.model
      and grouped.provider is not distinct from series.provider
      and grouped.access_key is not distinct from series.access_key
      and grouped.project is not distinct from series.project
      and grouped."user" is not distinct from series."user"
      and grouped.source is not distinct from series.source
      and grouped.status is not distinct from series.status
)
select
  weekday,
  hour_of_day,
  model,
  provider,
  access_key,
  project,
  "user",
  source,
  status,
  hours,
  -- if: latency
  coalesce(duration_samples, 0) as duration_samples,
  quantiles[1] as p50_duration_ms,
  quantiles[2] as p95_duration_ms,
  quantiles[3] as p99_duration_ms
  -- end
  -- if: not latency
  case when is_empty then 0 else requests end as requests,
  case when is_empty then 0 else failed_requests end as failed_requests,
  success_pct(judged_requests, failed_requests) as success_pct,
  case when is_empty then 0 else input_tokens end as input_tokens,
  case when is_empty then 0 else output_tokens end as output_tokens,
  case when is_empty then 0 else total_tokens end as total_tokens,
  case when is_empty then 0 else cost_usd end::decimal(38, 12) as cost_usd
  -- end
from filled
order by
  weekday,
  hour_of_day,
  model,
  provider,
  access_key,
  project,
  "user",
  source,
  status
