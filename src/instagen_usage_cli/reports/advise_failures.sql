-- One row per model with failed requests that have a cost: how many, how much, and how much of it was billed.
select
  provider,
  model,
  sum(requests)::bigint as requests,
  sum(total_tokens)::bigint as tokens,
  sum(cost_usd)::decimal(38, 12) as cost_usd,
  coalesce(sum(cost_usd) filter (where is_billed), 0)::decimal(38, 12) as billed_usd,
  sum(cost_usd)::decimal(38, 12) as saving_usd
from advise_sums
where is_asked and is_paid_failure
group by
  provider,
  model
order by
  provider,
  model
