-- One row per provider, model, access key, UTC day and sort of thing: the sums that every piece of advice is made of. Advice
-- is asked for about some models (is_asked); the others are what these are compared with.
-- priced_input_tokens and reasoning_tokens are as they are priced, so that the price of the sums is that of the requests.
create or replace temp table advise_sums as
with sums as (
  select
    provider,
    model,
    access_key,
    date_trunc('day', started_at)::timestamp as day,
    cost_state = 'billed' as is_billed,
    -- Both are known, so that the same tokens can be priced elsewhere; a gateway's cache costs nothing anywhere.
    cost_usd is not null
    and cost_state <> 'cache_hit'
    and input_tokens is not null
    and output_tokens is not null as is_metered,
    cache_read_tokens is not null as is_cache_known,
    coalesce(
      cost_usd > 0
      and stated_until is null
      and status is distinct from 'error'
      and input_tokens >= $large_input_tokens
      and output_tokens * 100 < input_tokens * $small_output_pct,
      false
    ) as is_large,
    coalesce(status = 'error', false) as is_failed,
    coalesce(cost_usd > 0 and status = 'error', false) as is_paid_failure,
    sum(requests)::bigint as requests,
    sum(input_tokens)::bigint as input_tokens,
    sum(
      greatest(
        input_tokens,
        coalesce(cache_read_tokens, 0) + coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0)
      )
    )::bigint as priced_input_tokens,
    sum(cache_read_tokens)::bigint as cache_read_tokens,
    sum(cache_write_5m_tokens)::bigint as cache_write_5m_tokens,
    sum(cache_write_1h_tokens)::bigint as cache_write_1h_tokens,
    sum(output_tokens)::bigint as output_tokens,
    sum(least(coalesce(reasoning_tokens, 0), output_tokens))::bigint as reasoning_tokens,
    sum(coalesce(input_tokens + output_tokens, reported_total_tokens))::bigint as total_tokens,
    sum(cost_usd)::decimal(38, 12) as cost_usd
  from priced($filter)
  group by all
)
select
  *,
  matches(model, $models) as is_asked
from sums
