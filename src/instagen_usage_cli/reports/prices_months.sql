-- One row per month (UTC), model and provider: the requests, their cost, and how many of them have no price.
select
  strftime(priced_at, '%Y-%m') as month,
  model,
  provider,
  sum(requests)::bigint as requests,
  sum(cost_usd)::decimal(38, 12) as cost_usd,
  coalesce(sum(counted_requests) filter (where cost_state = 'unpriced'), 0)::bigint as unpriced_requests
from sums
group by all
order by
  month,
  model,
  provider
