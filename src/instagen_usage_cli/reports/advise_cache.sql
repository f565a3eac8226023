-- One row per model that has a price for cached tokens below that of its input, and of which little input was read from a
-- cache where that is known: what it would have saved to read $target_share_pct percent of it from there.
with cached as (
  select
    sums.*,
    prices.input - prices.cache_read as cheaper_usd
  from advise_sums as sums
  inner join prices
    on
      prices.provider = sums.provider
      and prices.model = sums.model
      and prices.tier = ''
      and sums.day >= prices.effective_from
      and (prices.effective_until is null or sums.day < prices.effective_until)
  where sums.is_asked and sums.is_metered and sums.is_cache_known and prices.cache_read < prices.input
),
summed as (
  select
    provider,
    model,
    sum(requests)::bigint as requests,
    sum(total_tokens)::bigint as tokens,
    sum(input_tokens)::bigint as input_tokens,
    sum(cache_read_tokens)::bigint as cache_read_tokens,
    sum(cost_usd)::decimal(38, 12) as cost_usd,
    sum((input_tokens * $target_share_pct::bigint - cache_read_tokens * 100) * cheaper_usd)::decimal(38, 12)
      as hundredfold_usd
  from cached
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
