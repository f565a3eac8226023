-- One row per model with tokens but without a price, the most requests first.
select
  coalesce(model, 'unknown model') as model,
  sum(coalesce(requests, 1))::bigint as requests
from priced($filter)
where cost_state = 'unpriced'
group by model
order by requests desc, model
