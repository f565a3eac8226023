-- One row per model and provider that has requests without a price, and why: how many, and the line of a price list that
-- has no price for a class of their tokens; and for whom a price would be used: a provider, or a host that none is known
-- of, and a tier.
select
  sums.model,
  sums.provider,
  cost_gap(sums.cost_state, sums.gap, sums.is_failed, sums.has_tokens) as gap,
  known.price_provider as list_provider,
  case when known.price_provider is null then known.host end as host,
  nullif(known.price_tier, '') as tier,
  sums.price_list as file,
  sums.line,
  sum(sums.counted_requests)::bigint as requests,
  min(sums.first_at) as first_at
from sums
left join known_names as known
  on
    known.host is not distinct from sums.host
    and known.provider is not distinct from sums.provider
    and known.model is not distinct from sums.model
    and known.service_tier is not distinct from sums.service_tier
where sums.cost_state = 'unpriced'
group by all
order by
  requests desc,
  sums.model,
  sums.provider,
  gap,
  host,
  tier,
  file,
  sums.line
