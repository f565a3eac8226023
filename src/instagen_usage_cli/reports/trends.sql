-- One row per bucket of the window and combination of the chosen dimensions, empty buckets too (part = 'rows'), one per
-- combination ('series'), and one for everything ('total'). Complete days that the window holds wholly are judged against
-- the same weekday of the eight weeks before: z is 0.6745 × (value − median) ÷ MAD, and beyond ±3.5 a day is unusual
-- (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993). Where the MAD is 0, the mean absolute deviation × 1.2533
-- takes its place; where all days before were equal, any other value is unusual, and there is no z. Fewer than four of
-- these days judge nothing.
with seen as (
  select
    first_at,
    last_at
  from trend
  where part = 'total' and first_at is not null
),
-- How far the statements of a bucket reach.
reaching as (
  select
    bucket,
    max(stated_until) as stated_until
  from trend
  where part = 'rows'
  group by bucket
),
buckets as (
  select
    calendar.bucket,
    calendar.bucket_end,
    max(reaching.stated_until) over (
      order by calendar.bucket rows between unbounded preceding and 1 preceding
    ) as stated_before,
    coalesce(
      calendar.bucket_end > covered.covered_since and calendar.bucket < covered.covered_until, false
    )
    -- A longer statement says nothing of the buckets within it.
    and not coalesce(stated_before >= calendar.bucket_end, false) as is_covered,
    coalesce(
      calendar.bucket >= covered.covered_since
      and calendar.bucket_end <= least(covered.covered_until, $now, $until),
      false
    )
    and not coalesce(stated_before >= calendar.bucket_end, false)
    and not coalesce(reaching.stated_until > calendar.bucket_end + interval 1 day, false) as is_complete,
    ($since is null or calendar.bucket_end > $since) as is_shown,
    coalesce(calendar.bucket < $since or calendar.bucket_end > $until, false) as is_cut
  from seen
  cross join covered() as covered
  cross join lateral (
    select *
    from calendar(
      coalesce($history_since, $since, seen.first_at),
      least(
        coalesce($until, seen.last_at + interval 1 microsecond),
        greatest($now, seen.last_at) + interval 1 microsecond
      ),
      $every,
      $zone
    )
  ) as calendar
  left join reaching
    on reaching.bucket = calendar.bucket
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
  from trend
  where part = 'rows' and in_window
),
filled as (
  select
    buckets.*,
    series.*,
    trend.requests,
    trend.failed_requests,
    trend.judged_requests,
    trend.input_tokens,
    trend.output_tokens,
    trend.total_tokens,
    trend.cost_usd,
    trend.duration_samples,
    trend.p50_duration_ms,
    trend.p95_duration_ms,
    trend.p99_duration_ms,
    trend.stated_until,
    not coalesce(trend.in_window, false) and buckets.is_covered and $measure <> 'latency' as is_empty,
    case when trend.part is null and buckets.is_covered and $measure <> 'latency' then 0 else trend.whole end as whole,
    (buckets.bucket at time zone 'UTC' at time zone $zone)::date as day
  from buckets
  cross join series
  left join trend
    on
      trend.part = 'rows'
      and trend.bucket = buckets.bucket
      and trend.model is not distinct from series.model
      and trend.provider is not distinct from series.provider
      and trend.access_key is not distinct from series.access_key
      and trend.project is not distinct from series.project
      and trend."user" is not distinct from series."user"
      and trend.source is not distinct from series.source
      and trend.status is not distinct from series.status
),
before as (
  select
    filled.day,
    filled.model,
    filled.provider,
    filled.access_key,
    filled.project,
    filled."user",
    filled.source,
    filled.status,
    list(earlier.whole order by earlier.day) as history,
    median(earlier.whole) as typical,
    mad(earlier.whole) as deviation
  from filled
  inner join filled as earlier
    on
      earlier.day >= filled.day - 56
      and earlier.day < filled.day
      and isodow(earlier.day) = isodow(filled.day)
      and earlier.model is not distinct from filled.model
      and earlier.provider is not distinct from filled.provider
      and earlier.access_key is not distinct from filled.access_key
      and earlier.project is not distinct from filled.project
      and earlier."user" is not distinct from filled."user"
      and earlier.source is not distinct from filled.source
      and earlier.status is not distinct from filled.status
  where
    $every = 'day'
    and filled.is_shown
    and not filled.is_cut
    and filled.is_complete
    and filled.whole is not null
    and earlier.is_complete
    and earlier.whole is not null
  group by all
  having count(*) >= 4
),
typical as (
  select
    *,
    list_avg(list_transform(history, lambda value: abs(value - typical))) * 1.253314 as mean_deviation
  from before
),
judged as (
  select
    filled.*,
    typical.typical,
    case
      when typical.deviation > 0 then 0.6745 * (filled.whole - typical.typical) / typical.deviation
      when typical.mean_deviation > 0 then (filled.whole - typical.typical) / typical.mean_deviation
      when typical.typical = filled.whole then 0
    end as z_score
  from filled
  left join typical
    on
      typical.day = filled.day
      and typical.model is not distinct from filled.model
      and typical.provider is not distinct from filled.provider
      and typical.access_key is not distinct from filled.access_key
      and typical.project is not distinct from filled.project
      and typical."user" is not distinct from filled."user"
      and typical.source is not distinct from filled.source
      and typical.status is not distinct from filled.status
  where filled.is_shown
)
select
  'rows' as part,
  bucket,
  model,
  provider,
  access_key,
  project,
  "user",
  source,
  status,
  case when is_empty then 0 else requests end as requests,
  case when is_empty then 0 else failed_requests end as failed_requests,
  success_pct(judged_requests, failed_requests) as success_pct,
  case when is_empty then 0 else input_tokens end as input_tokens,
  case when is_empty then 0 else output_tokens end as output_tokens,
  case when is_empty then 0 else total_tokens end as total_tokens,
  case when is_empty then 0 else cost_usd end::decimal(38, 12) as cost_usd,
  case when is_covered then coalesce(duration_samples, 0) else duration_samples end as duration_samples,
  p50_duration_ms,
  p95_duration_ms,
  p99_duration_ms,
  typical,
  z_score,
  case when typical is not null then coalesce(abs(z_score) > 3.5, true) end as unusual,
  coalesce(
    bucket < $since
    or bucket_end > coalesce($until, $now)
    or bucket_end > $now
    or stated_until > bucket_end
    or stated_before > bucket,
    false
  ) as partial,
  null::timestamp as first_at,
  null::timestamp as last_at
from judged
union all
select
  part,
  null as bucket,
  model,
  provider,
  access_key,
  project,
  "user",
  source,
  status,
  requests,
  failed_requests,
  success_pct(judged_requests, failed_requests) as success_pct,
  input_tokens,
  output_tokens,
  total_tokens,
  cost_usd,
  duration_samples,
  p50_duration_ms,
  p95_duration_ms,
  p99_duration_ms,
  null::double as typical,
  null::double as z_score,
  null::boolean as unusual,
  false as partial,
  first_at,
  last_at
from trend
where part in ('series', 'total')
order by
  part,
  bucket,
  model,
  provider,
  access_key,
  project,
  "user",
  source,
  status
