-- One row per model and access key with requests of a very large input and a tiny output, and what that input cost at list
-- prices, where all of it has one. Models that never write anything, such as embeddings, are left out.
with writing as (
  select
    provider,
    model
  from advise_sums
  group by
    provider,
    model
  having sum(output_tokens) > 0
),
large as (
  select
    sums.*,
    case when sums.has_list_cost then sums.list_input_cost_usd end as input_cost_usd
  from advise_sums as sums
  semi join writing
    on
      writing.provider is not distinct from sums.provider
      and writing.model is not distinct from sums.model
  where sums.is_asked and sums.is_large
)
select
  provider,
  model,
  access_key,
  sum(requests)::bigint as requests,
  sum(total_tokens)::bigint as tokens,
  sum(input_tokens)::bigint as input_tokens,
  sum(output_tokens)::bigint as output_tokens,
  sum(cost_usd)::decimal(38, 12) as cost_usd,
  case when count(input_cost_usd) = count(*) then least(sum(input_cost_usd), sum(cost_usd)) end::decimal(38, 12)
    as saving_usd
from large
group by
  provider,
  model,
  access_key
order by
  provider,
  model,
  access_key
