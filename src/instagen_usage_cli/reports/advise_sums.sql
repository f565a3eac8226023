-- One row per provider, model, access key, UTC day and sort of thing: the sums that every piece of advice is made of. Advice
-- is asked for about some models (is_asked); the others are what these are compared with.
create or replace temp table advise_sums as
with
-- include: views/priced
sums as (
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
    coalesce(not assumes_cache_read and cache_read_price < input_price, false) as is_cache_cheaper,
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
    sum(columns('^(requests|(input|cache_read|output|total)_tokens)$'))::bigint as '\0',
    sum(cost_usd)::decimal(38, 12) as cost_usd,
    count(*) = count(list_input_cost_usd) as has_list_cost,
    sum(list_input_cost_usd + list_cache_read_cost_usd + list_cache_write_cost_usd)::decimal(38, 12)
      as list_input_cost_usd,
    sum(input_tokens * (input_price - cache_read_price))::decimal(38, 12) as uncached_extra_usd,
    sum(cache_read_tokens * (input_price - cache_read_price))::decimal(38, 12) as cached_saved_usd
  from priced
  group by all
)
select
  *,
  matches(model, $models) as is_asked
from sums
