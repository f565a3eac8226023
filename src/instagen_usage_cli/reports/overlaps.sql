-- One row per day, host and source, on days on which sources that share no id tell of one host, so that requests may be
-- counted twice; of each source what only it tells, or what it tells before others. A request is alike if another source
-- has one with the same tokens within two minutes. Where the host is unknown, it is that of such a request.
with
-- include: views/priced
told as (
  select
    request_key,
    started_at,
    bucket(time_bucket(interval 15 minutes, started_at), 'day', $zone) as bucket,
    host,
    provider,
    source,
    request_key = upstream_key(upstream_id, null) as has_common_id,
    input_tokens,
    output_tokens,
    total_tokens,
    cost_usd
  from priced
  where stated_until is null and not cache_hit
),
likely_hosts as (
  select
    hostless.request_key,
    min(hosted.host) as host
  from told as hostless
  inner join told as hosted
    on
      hostless.host is null
      and hosted.host is not null
      and hosted.source <> hostless.source
      and hosted.input_tokens = hostless.input_tokens
      and hosted.output_tokens = hostless.output_tokens
      and hosted.started_at between hostless.started_at - interval 2 minutes and hostless.started_at + interval 2 minutes
  group by hostless.request_key
),
placed as (
  select
    told.* exclude (host),
    coalesce(told.host, likely_hosts.host, told.provider) as host
  from told
  left join likely_hosts on likely_hosts.request_key = told.request_key
),
days as (
  select
    bucket,
    host
  from placed
  group by bucket, host
  having count(distinct source) > 1 and not bool_and(coalesce(has_common_id, false))
),
doubtful as (
  select placed.*
  from placed
  semi join days on days.bucket = placed.bucket and days.host is not distinct from placed.host
),
alike as (
  select distinct one.request_key
  from doubtful as one
  inner join doubtful as other
    on
      other.host is not distinct from one.host
      and other.input_tokens = one.input_tokens
      and other.output_tokens = one.output_tokens
      and other.source <> one.source
      and not (coalesce(one.has_common_id, false) and coalesce(other.has_common_id, false))
      and other.started_at between one.started_at - interval 2 minutes and one.started_at + interval 2 minutes
)
select
  doubtful.bucket,
  doubtful.host,
  doubtful.source,
  count(*) as requests,
  count(alike.request_key) as alike_requests,
  sum(doubtful.input_tokens)::bigint as input_tokens,
  sum(doubtful.output_tokens)::bigint as output_tokens,
  sum(doubtful.total_tokens)::bigint as total_tokens,
  sum(doubtful.cost_usd)::decimal(38, 12) as cost_usd
from doubtful
left join alike on alike.request_key = doubtful.request_key
group by doubtful.bucket, doubtful.host, doubtful.source
order by
  doubtful.bucket desc,
  doubtful.host,
  requests desc,
  doubtful.source
