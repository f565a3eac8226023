-- One row: how many sessions the filter has, what they sum to, how many requests have none, and which sessions are the
-- first $limit in the order of $sort.
with
-- include: views/priced
grouped as (
  select
    session,
    count(*) as requests,
    sum(columns('^(failed_requests|(input|output|total)_tokens)$'))::bigint as '\0',
    sum(cost_usd) as cost_usd,
    count(*) filter (where cost_state = 'unpriced') as unpriced_requests,
    count(*) filter (where cost_state = 'unmetered') as unmetered_requests,
    min(started_at) as first_at,
    max(started_at) as last_at,
    case
      when
        $sort = 'longest'
        and (count(*) > 1 or max(coalesce(ended_at, started_at + to_milliseconds(duration_ms))) is not null)
        then
          (
            epoch_us(max(coalesce(ended_at, started_at + to_milliseconds(coalesce(duration_ms, 0)))))
            - epoch_us(min(started_at))
          ) // 1000
    end as span_ms
  from priced
  where stated_until is null and session is not null
  group by session
),
firsts as (
  select session
  from grouped
  order by
    case when $sort = 'costliest' then cost_usd end desc nulls last,
    span_ms desc nulls last,
    case when $sort = 'busiest' then requests end desc nulls last,
    last_at desc,
    session
  limit $limit
)
select
  count(*) as sessions,
  coalesce(sum(requests), 0)::bigint as requests,
  sum(failed_requests)::bigint as failed_requests,
  sum(input_tokens)::bigint as input_tokens,
  sum(output_tokens)::bigint as output_tokens,
  sum(total_tokens)::bigint as total_tokens,
  sum(cost_usd)::decimal(38, 12) as cost_usd,
  coalesce(sum(unpriced_requests), 0)::bigint as unpriced_requests,
  coalesce(sum(unmetered_requests), 0)::bigint as unmetered_requests,
  min(first_at) as first_at,
  max(last_at) as last_at,
  (
    select count(*)
    from priceable
    where stated_until is null and session is null
  ) as sessionless_requests,
  (select list(session) from firsts) as shown
from grouped
