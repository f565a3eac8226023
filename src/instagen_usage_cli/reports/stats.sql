-- One row per combination of the chosen dimensions and bucket (part = 'rows'), the same per slot of the small series
-- ('sparks'), one per slot ('series'), and one for everything ('total'); of what lies before the split `before_rows` and
-- `before_total`. A bucket is partial where the window, the present or a statement cuts it; without dimensions there is a
-- row for every bucket.
with placed as (
  select
    *,
-- include: views/dimensions
    -- if: not every
    null::timestamp as bucket,
    -- end
    -- if: every
    -- if: utc
    date_trunc($every, slot)::timestamp as bucket,
    -- end
    -- if: not utc
    bucket(slot, $every, $zone) as bucket,
    -- end
    -- end
    -- if: utc
    date_trunc($spark, slot)::timestamp as spark
    -- end
    -- if: not utc
    bucket(slot, $spark, $zone) as spark
    -- end
  from sums
),
grouped as (
  select
    case when is_behind_split then '' else 'before_' end
    || case
      when grouping(spark) = 0 and grouping(dimensions) = 0 then 'sparks'
      when grouping(spark) = 0 then 'series'
      when grouping(dimensions) = 0 then 'rows'
      else 'total'
    end as part,
    coalesce(bucket, spark) as bucket,
    dimensions,
    sum(columns('^(failed_|judged_)?requests$'))::bigint as '\0',
    sum(columns('^(input|cache_read|output|reasoning|total)_tokens$'))::bigint as '\0',
    sum(columns('^((input|cache_read|cache_write|output|request|undivided)_)?cost_usd$'))::decimal(38, 12) as '\0',
    coalesce(sum(counted_requests) filter (where cost_state = 'unpriced'), 0)::bigint as unpriced_requests,
    coalesce(sum(counted_requests) filter (where cost_state = 'unmetered'), 0)::bigint as unmetered_requests,
    min(first_at) as first_at,
    max(last_at) as last_at,
    max(stated_until) as stated_until
  from placed
  group by
    grouping sets (
      (is_behind_split, bucket, dimensions),
      -- if: not every
      (is_behind_split, spark, dimensions),
      -- end
      (is_behind_split, spark),
      (is_behind_split)
    )
),
parts as (
  select
    *,
    cost_usd::double / nullif(max(cost_usd) filter (where part = 'total') over (), 0)::double
    * 100 as cost_share_pct
  from grouped
)
-- if: every
,
-- How far the statements of a bucket reach.
reaching as (
  select
    bucket,
    max(stated_until) as stated_until
  from parts
  where part = 'rows'
  group by bucket
),
buckets as (
  select
    'rows' as part,
    calendar.bucket,
    calendar.bucket_end,
    max(reaching.stated_until) over (
      order by calendar.bucket rows between unbounded preceding and 1 preceding
    ) as stated_before,
    coalesce(
      calendar.bucket_end > covered.covered_since and calendar.bucket < covered.covered_until, false
    )
    -- A longer statement says nothing of the buckets within it.
    and not coalesce(stated_before >= calendar.bucket_end, false) as is_covered
  from (select first_at, last_at from grouped where part = 'total' and first_at is not null) as seen
  cross join covered() as covered
  cross join lateral (
    select *
    from calendar(
      coalesce($filter['since'], seen.first_at),
      least(
        coalesce($filter['until'], seen.last_at + interval 1 microsecond),
        greatest($now, seen.last_at) + interval 1 microsecond
      ),
      $every,
      $zone
    )
  ) as calendar
  left join reaching
    on reaching.bucket = calendar.bucket
),
-- Every row, and without dimensions one for each bucket that has none.
filled as (
  select
    part,
    bucket,
    dimensions,
    case when parts.part is null and is_covered then 0 else columns('(requests|_tokens|cost_usd|cost_share_pct)$') end
      as '\0',
    first_at,
    last_at,
    coalesce(
      bucket < $filter['since']
      or bucket_end > coalesce($filter['until'], $now)
      or bucket_end > $now
      or stated_until > bucket_end
      or stated_before > bucket,
      false
    ) as partial
  from parts
  full join buckets using (part, bucket)
  where parts.part is not null or len($by) = 0
)
-- end
-- if: not every
,
filled as (
  select
    *,
    false as partial
  from parts
  where part not in ('before_sparks', 'before_series')
)
-- end
select
  dimensions.*,
  * exclude (dimensions)
from filled
order by
  part,
  bucket,
  cost_usd desc nulls last,
  requests desc nulls last,
  total_tokens desc nulls last,
  dimensions
