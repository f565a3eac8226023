-- One row per access key (part = 'rows') and one for all of them together ('total'): first and last use, what was asked
-- and what it cost, and the busiest minutes. A minute is one of the calendar, and holds the single requests that began
-- in it. Of a failed request without an HTTP status it is unknown whether it was a 429, unless its error says so.
with uses as (
  select
    access_key,
    sum(requests)::bigint as requests,
    sum(failed_requests)::bigint as failed_requests,
    sum(
      case
        when http_status is not null then (http_status = 429)::bigint
        when regexp_matches(error_type, 'rate.?limit', 'i') then 1
        when failed_requests = 0 then 0
      end
    )::bigint as rate_limited_requests,
    sum(failed_requests) filter (
      where http_status is null and not coalesce(regexp_matches(error_type, 'rate.?limit', 'i'), false)
    )::bigint as unexplained_failures,
    sum(total_tokens)::bigint as total_tokens,
    sum(cost_usd) as cost_usd,
    count(*) filter (where stated_until is null) as single_requests,
    count(*) filter (where duration_ms > 0) as timed_requests,
    count(*) filter (where duration_ms > 0 and provider = $provider) as timed_by_provider,
    min(started_at) as first_at,
    max(started_at) as last_at,
    -- A statement of 0 requests is no use of the key.
    min(started_at) filter (where coalesce(requests, 1) > 0) as first_used_at,
    max(started_at) filter (where coalesce(requests, 1) > 0) as last_used_at,
    max(coalesce(stated_until, started_at)) filter (where coalesce(requests, 1) > 0) as used_until
  from priced($filter)
  group by access_key
),
sums as (
  select
    case when grouping(access_key) = 0 then 'rows' else 'total' end as part,
    access_key,
    sum(requests)::bigint as requests,
    sum(failed_requests)::bigint as failed_requests,
    sum(rate_limited_requests)::bigint as rate_limited_requests,
    coalesce(sum(unexplained_failures), 0)::bigint as unexplained_failures,
    sum(total_tokens)::bigint as total_tokens,
    sum(cost_usd)::decimal(38, 12) as cost_usd,
    sum(single_requests)::bigint as single_requests,
    sum(timed_requests)::bigint as timed_requests,
    sum(timed_by_provider)::bigint as timed_by_provider,
    min(first_at) as first_at,
    max(last_at) as last_at,
    min(first_used_at) as first_used_at,
    max(last_used_at) as last_used_at,
    max(used_until) as used_until
  from uses
  group by grouping sets ((access_key), ())
),
minutes as (
  select
    access_key,
    time_bucket(interval 1 minute, started_at) as minute,
    count(*) as requests,
    sum(total_tokens)::bigint as total_tokens
  from counted($filter)
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
  sums.part,
  sums.access_key,
  sums.requests,
  sums.failed_requests,
  case when sums.rate_limited_requests > 0 or sums.unexplained_failures = 0 then sums.rate_limited_requests end
    as rate_limited_requests,
  sums.unexplained_failures,
  sums.total_tokens,
  sums.cost_usd,
  sums.single_requests,
  sums.timed_requests,
  sums.timed_by_provider,
  peaks.peak_requests_per_minute,
  peaks.peak_requests_per_minute_at,
  peaks.peak_tokens_per_minute,
  peaks.peak_tokens_per_minute_at,
  sums.first_at,
  sums.last_at,
  sums.first_used_at,
  sums.last_used_at,
  sums.used_until > sums.last_used_at as is_last_use_stated,
  date_sub('day', least(sums.used_until, $now), $now)::bigint as days_since_last_used
from sums
left join peaks
  on
    peaks.part = sums.part
    and peaks.access_key is not distinct from sums.access_key
where sums.first_at is not null
order by
  sums.part,
  sums.cost_usd desc nulls last,
  sums.requests desc nulls last,
  sums.total_tokens desc nulls last,
  sums.access_key nulls last
