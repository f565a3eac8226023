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
measured as (
  select * exclude (first_at, last_at)
  from trend
  where part = 'rows'
),
-- How far the statements of a bucket reach.
reaching as (
  select
    bucket,
    max(stated_until) as stated_until
  from measured
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
  select distinct dimensions
  from measured
  where in_window
),
filled as (
  select
    -- if: latency
    *,
    -- end
    -- if: not latency
    * replace (case when measured.part is null and is_covered then 0 else whole end as whole),
    is_covered and not coalesce(in_window, false) as is_empty,
    -- end
    (bucket at time zone 'UTC' at time zone $zone)::date as day
  from buckets
  cross join series
  left join measured using (bucket, dimensions)
),
before as (
  select
    filled.day,
    filled.dimensions,
    list(earlier.whole order by earlier.day) as history,
    median(earlier.whole) as typical,
    mad(earlier.whole) as deviation
  from filled
  inner join filled as earlier
    on
      earlier.day >= filled.day - 56
      and earlier.day < filled.day
      and isodow(earlier.day) = isodow(filled.day)
      and earlier.dimensions = filled.dimensions
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
    * exclude (history),
    list_avg(list_transform(history, lambda value: abs(value - typical))) * 1.253314 as mean_deviation
  from before
),
judged as (
  select
    *,
    case
      when deviation > 0 then 0.6745 * (whole - typical) / deviation
      when mean_deviation > 0 then (whole - typical) / mean_deviation
      when typical = whole then 0
    end as z_score
  from filled
  left join typical using (day, dimensions)
  where is_shown
),
answered as (
  select
    'rows' as part,
    bucket,
    dimensions,
    -- if: latency
    case when is_covered then coalesce(duration_samples, 0) else duration_samples end as duration_samples,
    columns('^p\d+_duration_ms$'),
    -- end
    -- if: not latency
    judged_requests,
    case when is_empty then 0 else columns('^(failed_)?requests$|_tokens$|^cost_usd$') end as '\0',
    -- end
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
    ) as partial
  from judged
  union all by name
  select
    * exclude (bucket, in_window, whole, stated_until),
    false as partial
  from trend
  where part <> 'rows'
)
select
  -- if: not latency
  success_pct(judged_requests, failed_requests) as success_pct,
  -- end
  dimensions.*,
  * exclude (dimensions)
from answered
order by
  part,
  bucket,
  dimensions
