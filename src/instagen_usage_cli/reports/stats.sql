-- One row per combination of the chosen dimensions and bucket (part = 'rows'), the same per slot of the small series
-- ('sparks'), one per slot ('series'), and one for everything ('total'); of what lies before the split `before_rows` and
-- `before_total`. A bucket is partial where the window, the present or a statement cuts it; without dimensions there is a
-- row for every bucket.
with placed as (
  select
    * exclude (model, provider, access_key, project, "user", source, status),
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
      when grouping(spark) = 0 and grouping(model) = 0 then 'sparks'
      when grouping(spark) = 0 then 'series'
      when grouping(model) = 0 then 'rows'
      else 'total'
    end as part,
    coalesce(bucket, spark) as bucket,
    model,
    provider,
    access_key,
    project,
    "user",
    source,
    status,
    sum(requests)::bigint as requests,
    sum(failed_requests)::bigint as failed_requests,
    sum(judged_requests)::bigint as judged_requests,
    sum(input_tokens)::bigint as input_tokens,
    sum(cache_read_tokens)::bigint as cache_read_tokens,
    sum(output_tokens)::bigint as output_tokens,
    sum(reasoning_tokens)::bigint as reasoning_tokens,
    sum(total_tokens)::bigint as total_tokens,
    sum(cost_usd)::decimal(38, 12) as cost_usd,
    sum(input_cost_usd)::decimal(38, 12) as input_cost_usd,
    sum(cache_read_cost_usd)::decimal(38, 12) as cache_read_cost_usd,
    sum(cache_write_cost_usd)::decimal(38, 12) as cache_write_cost_usd,
    sum(output_cost_usd)::decimal(38, 12) as output_cost_usd,
    sum(request_cost_usd)::decimal(38, 12) as request_cost_usd,
    sum(undivided_cost_usd)::decimal(38, 12) as undivided_cost_usd,
    coalesce(sum(counted_requests) filter (where cost_state = 'unpriced'), 0)::bigint as unpriced_requests,
    coalesce(sum(counted_requests) filter (where cost_state = 'unmetered'), 0)::bigint as unmetered_requests,
    min(first_at) as first_at,
    max(last_at) as last_at,
    max(stated_until) as stated_until
  from placed
  group by
    grouping sets (
      (is_behind_split, bucket, model, provider, access_key, project, "user", source, status),
      -- if: not every
      (is_behind_split, spark, model, provider, access_key, project, "user", source, status),
      -- end
      (is_behind_split, spark),
      (is_behind_split)
    )
),
parts as (
  select
    grouped.*,
    grouped.cost_usd::double
    / nullif(max(grouped.cost_usd) filter (where grouped.part = 'total') over (), 0)::double
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
filled as (
  select *
  from parts
  union all by name
  select
    'rows' as part,
    buckets.bucket,
    case when is_covered then 0 end as requests,
    case when is_covered then 0 end as failed_requests,
    case when is_covered then 0 end as input_tokens,
    case when is_covered then 0 end as cache_read_tokens,
    case when is_covered then 0 end as output_tokens,
    case when is_covered then 0 end as reasoning_tokens,
    case when is_covered then 0 end as total_tokens,
    case when is_covered then 0 end as cost_usd,
    case when is_covered then 0 end as input_cost_usd,
    case when is_covered then 0 end as cache_read_cost_usd,
    case when is_covered then 0 end as cache_write_cost_usd,
    case when is_covered then 0 end as output_cost_usd,
    case when is_covered then 0 end as request_cost_usd,
    case when is_covered then 0 end as undivided_cost_usd,
    case when is_covered then 0 end as cost_share_pct,
    case when is_covered then 0 end as unpriced_requests,
    case when is_covered then 0 end as unmetered_requests
  from buckets
  anti join (select bucket from parts where part = 'rows') as present
    on present.bucket = buckets.bucket
  where len($by) = 0
)
select
  filled.*,
  coalesce(
    buckets.bucket < $filter['since']
    or buckets.bucket_end > coalesce($filter['until'], $now)
    or buckets.bucket_end > $now
    or filled.stated_until > buckets.bucket_end
    or buckets.stated_before > buckets.bucket,
    false
  ) as partial
from filled
left join buckets
  on
    buckets.bucket = filled.bucket
    and filled.part = 'rows'
-- end
-- if: not every
select
  *,
  false as partial
from parts as filled
where part not in ('before_sparks', 'before_series')
-- end
order by
  part,
  filled.bucket,
  cost_usd desc nulls last,
  requests desc nulls last,
  total_tokens desc nulls last,
  model,
  provider,
  access_key,
  project,
  "user",
  source,
  status
