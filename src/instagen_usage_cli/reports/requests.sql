-- One row per single request to be shown, with its cost: those of $keys between $since and $until, and the first $limit
-- of them in the order of $sort. What is given of $keys, $since and $until keeps the others from being priced.
with
-- include: views/priced
placed as (
  select *
  from priced
  where
    stated_until is null
    and ($keys is null or list_contains($keys::uuid[], request_key))
    and ($since is null or started_at >= $since)
    and ($until is null or started_at <= $until)
)
select
  started_at,
  request_key::varchar as request_key,
  model,
  access_key,
  project,
  "user",
  session,
  provider,
  host,
  source,
  status,
  http_status,
  error_type,
  input_tokens,
  cache_read_tokens,
  output_tokens,
  reasoning_tokens,
  total_tokens,
  duration_ms,
  ttft_ms,
  case when duration_ms > ttft_ms then output_tokens * 1000 / (duration_ms - ttft_ms) end as output_tokens_per_second,
  cost_usd,
  cost_state,
  upstream_id,
  price_list,
  cost_gap(cost_state, gap, is_failed, has_tokens) as gap,
  (cost_state = 'list' and assumes_cache_read and cache_read_tokens > 0)::bigint as assumed_reads,
  (cost_state = 'list' and assumes_cache_write and (has_writes_5m or has_writes_1h))::bigint as assumed_writes
from placed
order by
  case when $sort = 'costliest' then placed.cost_usd end desc nulls last,
  case when $sort = 'slowest' then placed.duration_ms end desc nulls last,
  case when $sort = 'largest' then placed.total_tokens end desc nulls last,
  placed.started_at desc,
  placed.request_key
limit $limit
