-- One row per thing that a cost rests on, or is missing for: a state of the cost with the price list, or with the model
-- that has no price; the most requests first.
select
  cost_state,
  case cost_state when 'list' then price_list when 'unpriced' then coalesce(model, 'unknown model') end as name,
  sum(coalesce(requests, 1))::bigint as requests
from priced($filter)
group by all
order by
  cost_state,
  requests desc,
  name
