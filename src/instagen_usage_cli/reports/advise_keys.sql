-- One row per access key of the filter that has not been used anywhere since $quiet_since, though the imports of the source
-- that saw it last reach $quiet_days days beyond: when it was last used, on how many days, and how far they reach.
with uses as (
  select
    source,
    access_key,
    max(started_at) as last_at,
    max(used_until) as used_until
  from (
    select
      source,
      access_key,
      started_at,
      started_at as used_until
    from requests
    where $filter['since'] is null or started_at >= $filter['since']
    union all
    select
      source,
      access_key,
      bucket_start as started_at,
      bucket_end as used_until
    from statements
    where $filter['since'] is null or bucket_start >= $filter['since']
  )
  group by
    source,
    access_key
),
last_uses as (
  select
    access_key,
    source,
    last_at,
    max(last_at) over (partition by source) as reaches_to,
    max(used_until) over (partition by access_key) as used_until
  from uses
  qualify row_number() over (partition by access_key order by last_at desc, source) = 1
),
quiet as (
  select *
  from last_uses
  where
    access_key is not null
    and used_until <= $quiet_since
    and reaches_to >= used_until + to_days($quiet_days::integer)
),
active as (
  select
    counted.access_key,
    count(distinct (time_bucket(interval 15 minutes, counted.started_at) at time zone 'UTC' at time zone $zone)::date)
      as active_days
  from counted($filter) as counted
  semi join quiet on quiet.access_key = counted.access_key
  group by counted.access_key
)
select
  quiet.access_key,
  sum(sums.requests)::bigint as requests,
  sum(sums.total_tokens)::bigint as tokens,
  sum(sums.cost_usd)::decimal(38, 12) as cost_usd,
  quiet.last_at,
  quiet.source,
  quiet.reaches_to,
  active.active_days
from quiet
inner join active on active.access_key = quiet.access_key
inner join advise_sums as sums on sums.access_key = quiet.access_key
where active.active_days >= $least_active_days and sums.is_asked
group by all
order by quiet.access_key
