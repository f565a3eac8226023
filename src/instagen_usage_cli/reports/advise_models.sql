-- One row per costly model and other model in the price list of its provider: what the same tokens would have cost there,
-- at the prices of their own days. Only days on which the other model has a price are compared.
with
-- include: views/elsewhere
spent as (
  select
    provider,
    model,
    sum(requests)::bigint as model_requests
  from advise_sums
  where is_asked
  group by
    provider,
    model
  having
    sum(cost_usd) > 0
    -- What writes nothing, such as an embedding, is nothing that another model could do.
    and sum(output_tokens) > 0
    and sum(cost_usd) * 100 >= (select sum(cost_usd) from advise_sums where is_asked) * $cost_share_pct
),
compared as (
  select
    others.provider,
    others.model,
    others.other_model as alternative,
    spent.model_requests,
    others.requests,
    others.total_tokens as tokens,
    others.cost_usd,
    others.other_cost_usd as alternative_cost_usd
  from elsewhere as others
  inner join spent
    on
      spent.provider = others.provider
      and spent.model = others.model
  -- A price for input alone is that of a model that writes nothing, too.
  where others.other_gap is null and (others.other_output_price > 0 or others.other_input_price = 0)
)
select
  provider,
  model,
  alternative,
  model_requests,
  sum(requests)::bigint as requests,
  sum(tokens)::bigint as tokens,
  sum(cost_usd)::decimal(38, 12) as cost_usd,
  sum(alternative_cost_usd)::decimal(38, 12) as alternative_cost_usd,
  (sum(cost_usd) - sum(alternative_cost_usd))::decimal(38, 12) as saving_usd,
  sum(cost_usd) > sum(alternative_cost_usd)
  and (sum(cost_usd) - sum(alternative_cost_usd)) * 100 >= sum(cost_usd) * $least_saving_pct as saves_enough
from compared
group by
  provider,
  model,
  alternative,
  model_requests
having sum(cost_usd) > 0
order by
  provider,
  model,
  saving_usd desc,
  alternative
