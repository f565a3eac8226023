-- One row per model that has a price for cached tokens below that of its input, and of which little input was read from a
-- cache where that is known: what it would have saved to read $target_share_pct percent of it from there.
with summed as (
  select
    provider,
    model,
    sum(requests)::bigint as requests,
    sum(total_tokens)::bigint as tokens,
    sum(input_tokens)::bigint as input_tokens,
    sum(cache_read_tokens)::bigint as cache_read_tokens,
    sum(cost_usd)::decimal(38, 12) as cost_usd,
    (sum(uncached_extra_usd) * $target_share_pct::bigint - sum(cached_saved_usd) * 100)::decimal(38, 12) as hundredfold_usd
  from advise_sums
  where is_asked and is_metered and is_cache_known and is_cache_cheaper
  group by
    provider,
    model
)
select
  provider,
  model,
  requests,
  tokens,
  input_tokens,
  cache_read_tokens,
  cost_usd,
  least(hundredfold_usd * 0.01::decimal(3, 2), cost_usd)::decimal(38, 12) as saving_usd
from summed
where cost_usd > 0 and cache_read_tokens * 100 < input_tokens * $low_share_pct and hundredfold_usd > 0
order by
  provider,
  model
