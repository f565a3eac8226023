-- One row per model and provider: its sums, without what they cost.
select
  model,
  provider,
  sum(requests)::bigint as requests,
  sum(failed_requests)::bigint as failed_requests,
  sum(input_tokens)::bigint as input_tokens,
  sum(cache_read_tokens)::bigint as cache_read_tokens,
  sum(cache_write_5m_tokens)::bigint as cache_write_5m_tokens,
  sum(cache_write_1h_tokens)::bigint as cache_write_1h_tokens,
  sum(output_tokens)::bigint as output_tokens,
  sum(reasoning_tokens)::bigint as reasoning_tokens,
  sum(total_tokens)::bigint as total_tokens,
  sum(reported_cost_usd) as reported_cost_usd,
  min(started_at) as first_at,
  max(started_at) as last_at
from counted($filter)
group by all
