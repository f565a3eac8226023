-- One row per access key of the filter that has not been used anywhere since $quiet_since, though other keys were used
-- $quiet_days days later at the place that saw it last, its source, host, provider and account: when it was last used, on how
-- many days, and how far the uses of that place reach.
with
-- include: views/counted
uses as (
  select
    source,
    host,
    provider,
    account,
    access_key,
    max(started_at) as last_at,
    max(used_until) as used_until
  from (
    select
      source,
      host,
      provider,
      account,
      access_key,
      started_at,
      started_at as used_until
    from requests
    where $filter['since'] is null or started_at >= $filter['since']
    union all
    select
      source,
      host,
      provider,
      account,
      access_key,
      bucket_start as started_at,
      bucket_end as used_until
    from statements
    where $filter['since'] is null or bucket_start >= $filter['since']
  )
  where access_key is not null
  group by
    source,
    host,
    provider,
    account,
    access_key
),
last_uses as (
  select
    access_key,
    source,
    last_at,
    max(last_at) over (partition by source, host, provider, account) as reaches_to,
    max(used_until) over (partition by access_key) as used_until
  from uses
  qualify row_number() over (partition by access_key order by last_at desc, source, host, provider, account) = 1
),
quiet as (
  select *
  from last_uses
  where
    used_until <= $quiet_since
    and reaches_to >= used_until + to_days($quiet_days::integer)
),
active as (
  select
    counted.access_key,
    count(distinct (time_bucket(interval 15 minutes, counted.started_at) at time zone 'UTC' at time zone $zone)::date)
      as active_days
  from counted
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
