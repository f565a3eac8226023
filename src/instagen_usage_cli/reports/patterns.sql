-- One row per weekday (1 is Monday) or hour of the day, or both, and combination of the chosen dimensions: the measures, and
-- how many hours of the window and of the imported time there were of it.
with quarters as (
  select
    quarter,
    quarter at time zone 'UTC' at time zone $zone as clock
  from (select distinct time_bucket(interval 15 minutes, started_at) as quarter from counted($filter)) as slots
),
places as (
  select
    quarter,
    case when list_contains($pattern, 'weekday') then isodow(clock) end as weekday,
    case when list_contains($pattern, 'hour_of_day') then hour(clock) end as hour_of_day
  from quarters
),
placed as (
  select
    places.weekday,
    places.hour_of_day,
    case when list_contains($by, 'model') then priced.model end as by_model,
    case when list_contains($by, 'provider') then priced.provider end as by_provider,
    case when list_contains($by, 'access_key') then priced.access_key end as by_access_key,
    case when list_contains($by, 'project') then priced.project end as by_project,
    case when list_contains($by, 'user') then priced."user" end as by_user,
    case when list_contains($by, 'source') then priced.source end as by_source,
    case when list_contains($by, 'status') then priced.status end as by_status,
    priced.*
  from priced($filter) as priced
  inner join places
    on places.quarter = time_bucket(interval 15 minutes, priced.started_at)
),
grouped as (
  select
    weekday,
    hour_of_day,
    by_model as model,
    by_provider as provider,
    by_access_key as access_key,
    by_project as project,
    by_user as "user",
    by_source as source,
    by_status as status,
    sum(requests)::bigint as requests,
    sum(failed_requests)::bigint as failed_requests,
    sum(requests) filter (where failed_requests is not null)::bigint as judged_requests,
    sum(input_tokens)::bigint as input_tokens,
    sum(output_tokens)::bigint as output_tokens,
    sum(total_tokens)::bigint as total_tokens,
    sum(cost_usd)::decimal(38, 12) as cost_usd,
    count(duration_ms) filter (where status is distinct from 'error') as duration_samples,
    case
      when $measure = 'latency'
        then
          quantile_cont(duration_ms::double, [0.5, 0.95, 0.99]) filter (
            where $measure = 'latency' and status is distinct from 'error'
          )
    end as quantiles
  from placed
  group by weekday, hour_of_day, by_model, by_provider, by_access_key, by_project, by_user, by_source, by_status
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
    grouped.weekday is null and grouped.hour_of_day is null and $measure <> 'latency' as is_empty,
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
  case when is_empty then 0 else requests end as requests,
  case when is_empty then 0 else failed_requests end as failed_requests,
  success_pct(judged_requests, failed_requests) as success_pct,
  case when is_empty then 0 else input_tokens end as input_tokens,
  case when is_empty then 0 else output_tokens end as output_tokens,
  case when is_empty then 0 else total_tokens end as total_tokens,
  case when is_empty then 0 else cost_usd end::decimal(38, 12) as cost_usd,
  coalesce(duration_samples, 0) as duration_samples,
  quantiles[1] as p50_duration_ms,
  quantiles[2] as p95_duration_ms,
  quantiles[3] as p99_duration_ms
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
