-- One row per model and access key whose output costs $times_as_much times that of all other keys together, and is less
-- than $same_ratio_pct percent of theirs for the same input, so that no price alone explains it: the sums of both, and what
-- its own output would have cost at the others' rate. Requests that failed are left out.
with keyed as (
  select
    provider,
    model,
    access_key,
    sum(requests)::bigint as requests,
    sum(total_tokens)::bigint as tokens,
    sum(input_tokens)::bigint as input_tokens,
    sum(output_tokens)::bigint as output_tokens,
    sum(cost_usd)::decimal(38, 12) as cost_usd
  from advise_sums
  where is_asked and is_metered and not is_failed and model is not null and access_key is not null
  group by
    provider,
    model,
    access_key
),
compared as (
  select
    *,
    (sum(requests) over others)::bigint as other_requests,
    (sum(input_tokens) over others)::bigint as other_input_tokens,
    (sum(output_tokens) over others)::bigint as other_output_tokens,
    (sum(cost_usd) over others)::decimal(38, 12) as other_cost_usd
  from keyed
  window others as (
    partition by provider, model
    order by access_key
    rows between unbounded preceding and unbounded following
    exclude current row
  )
)
select
  *,
  cost_usd
  -- In whole millionths of a millionth of a dollar, because the quotient of two decimals would be a double.
  - (
    output_tokens::hugeint
    * (other_cost_usd * 1000000000000::bigint)::hugeint
    // other_output_tokens
  )::decimal(38, 0)
  * 0.000000000001::decimal(12, 12) as saving_usd
from compared
where
  requests >= $least_requests
  and other_requests >= $least_requests
  and output_tokens > 0
  and other_cost_usd > 0
  and cost_usd * other_output_tokens >= other_cost_usd * output_tokens * $times_as_much
  and output_tokens::hugeint * other_input_tokens * 100
  < other_output_tokens::hugeint * input_tokens * $same_ratio_pct
order by
  provider,
  model,
  access_key
