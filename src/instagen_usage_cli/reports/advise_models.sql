-- One row per costly model and other model in the price list of its provider: what the same tokens would have cost there,
-- at the prices of their own days. Only days on which the other model has a price are compared.
with spent as (
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
days as (
  select
    provider,
    model,
    day,
    sum(requests)::bigint as requests,
    sum(total_tokens)::bigint as tokens,
    sum(priced_input_tokens)::bigint as input_tokens,
    sum(cache_read_tokens)::bigint as cache_read_tokens,
    sum(cache_write_5m_tokens)::bigint as cache_write_5m_tokens,
    sum(cache_write_1h_tokens)::bigint as cache_write_1h_tokens,
    sum(output_tokens)::bigint as output_tokens,
    sum(reasoning_tokens)::bigint as reasoning_tokens,
    sum(cost_usd)::decimal(38, 12) as cost_usd
  from advise_sums
  where is_metered
  group by
    provider,
    model,
    day
),
elsewhere as (
  select
    days.provider,
    days.model,
    prices.model as alternative,
    spent.model_requests,
    days.requests,
    days.tokens,
    days.cost_usd,
    list_cost(
      days.requests,
      days.input_tokens,
      days.cache_read_tokens,
      days.cache_write_5m_tokens,
      days.cache_write_1h_tokens,
      days.output_tokens,
      days.reasoning_tokens,
      prices.input,
      prices.cache_read,
      prices.cache_write_5m,
      prices.cache_write_1h,
      prices.output,
      prices.reasoning,
      prices.per_request
    ) as alternative_cost_usd
  from days
  inner join spent
    on
      spent.provider = days.provider
      and spent.model = days.model
  inner join prices
    on
      prices.provider = days.provider
      and prices.model <> days.model
      and prices.tier = ''
      and days.day >= prices.effective_from
      and (prices.effective_until is null or days.day < prices.effective_until)
  -- A price for input alone is that of a model that writes nothing, too.
  where prices.output > 0 or prices.input = 0
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
from elsewhere
where alternative_cost_usd is not null
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
