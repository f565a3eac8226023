-- The relation `elsewhere`: one row per sum and other name that it is compared with (the table `alternatives`): what the same
-- tokens would have cost there, at the list prices of their own days, or why that cannot be said (`other_gap`). Only what
-- has a cost and known tokens, and a price there on its day, is compared.
usage as not materialized (
  select
    sums as own,
    others.other_host as host,
    others.other_provider as provider,
    others.other_model as model,
    others.other_tier as service_tier,
    columns('^(priced_at|size|is_failed|cache_hit|requests|knows_requests)$|^has_|_tokens$'),
    null::varchar as reported_kind,
    null::decimal(38, 12) as reported_cost_usd
  from sums
  inner join alternatives as others
    on
      others.host is not distinct from sums.host
      and others.provider is not distinct from sums.provider
      and others.model is not distinct from sums.model
      and others.service_tier is not distinct from sums.service_tier
),
-- include: views/costed
elsewhere as not materialized (
  select
    own.*,
    model as other_model,
    price_list as other_price_list,
    input_price as other_input_price,
    output_price as other_output_price,
    assumes_cache_read as other_assumes_cache_read,
    assumes_cache_write as other_assumes_cache_write,
    is_sized as other_is_sized,
    case
      when own.cost_state = 'cache_hit' then 'cache_hit'
      when not has_tokens or has_input is null or has_output is null then 'tokens'
      when own.cost_usd is null then 'cost'
      when list_state = 'unpriced' then coalesce(gap, 'class')
      when list_state = 'unmetered' then 'requests'
    end as other_gap,
    case when other_gap is null then list_cost_usd end as other_cost_usd
  from priced
),
