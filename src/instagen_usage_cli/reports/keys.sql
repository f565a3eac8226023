-- One row per access key (part = 'rows') and one for all of them together ('total'): first and last use, what was asked
-- and what it cost, and the busiest minutes. A minute is one of the calendar, and holds the single requests that began
-- in it. Of a failed request without an HTTP status it is unknown whether it was a 429, unless its error says so.
with
-- include: views/counted
uses as (
  select
    case when grouping(access_key) = 0 then 'rows' else 'total' end as part,
    access_key,
    sum(columns('^((failed|rate_limited|single|timed)_)?requests$|^total_tokens$'))::bigint as '\0',
    coalesce(sum(unexplained_failures), 0)::bigint as unexplained_failures,
    sum(cost_usd)::decimal(38, 12) as cost_usd,
    sum(timed_requests) filter (where provider = $provider)::bigint as timed_by_provider,
    min(columns('^first_(used_)?at$')) as '\0',
    max(columns('^(last_(used_)?at|used_until)$')) as '\0'
  from sums
  group by grouping sets ((access_key), ())
),
minutes as (
  select
    access_key,
    time_bucket(interval 1 minute, started_at) as minute,
    count(*) as requests,
    sum(coalesce(input_tokens + output_tokens, reported_total_tokens))::bigint as total_tokens
  from counted
  where stated_until is null
  group by all
),
minutes_of_parts as (
  select
    case when grouping(access_key) = 0 then 'rows' else 'total' end as part,
    access_key,
    minute,
    sum(requests)::bigint as requests,
    sum(total_tokens)::bigint as total_tokens
  from minutes
  group by grouping sets ((access_key, minute), (minute))
),
peaks as (
  select
    part,
    access_key,
    max(requests) as peak_requests_per_minute,
    arg_max(minute, row(requests, -epoch_us(minute))) as peak_requests_per_minute_at,
    max(total_tokens) as peak_tokens_per_minute,
    arg_max(minute, row(total_tokens, -epoch_us(minute))) filter (where total_tokens is not null)
      as peak_tokens_per_minute_at
  from minutes_of_parts
  group by
    part,
    access_key
)
select
  uses.part,
  uses.access_key,
  uses.requests,
  uses.failed_requests,
  case when uses.rate_limited_requests > 0 or uses.unexplained_failures = 0 then uses.rate_limited_requests end
    as rate_limited_requests,
  uses.unexplained_failures,
  uses.total_tokens,
  uses.cost_usd,
  uses.single_requests,
  uses.timed_requests,
  uses.timed_by_provider,
  peaks.peak_requests_per_minute,
  peaks.peak_requests_per_minute_at,
  peaks.peak_tokens_per_minute,
  peaks.peak_tokens_per_minute_at,
  uses.first_at,
  uses.last_at,
  uses.first_used_at,
  uses.last_used_at,
  uses.used_until > uses.last_used_at as is_last_use_stated,
  date_sub('day', least(uses.used_until, $now), $now)::bigint as days_since_last_used
from uses
left join peaks
  on
    peaks.part = uses.part
    and peaks.access_key is not distinct from uses.access_key
where uses.first_at is not null
order by
  uses.part,
  uses.cost_usd desc nulls last,
  uses.requests desc nulls last,
  uses.total_tokens desc nulls last,
  uses.access_key nulls last
