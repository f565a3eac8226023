-- One row per combination of the chosen dimensions, name, day, size and other name that it is compared with (the table
-- `alternatives`): what the same tokens would have cost there, at the list prices of their own days, or why that cannot be
-- said. Only what has a cost and known tokens, and a price there on its day, is compared.
create or replace temp macro compared_elsewhere(f, dimensions) as table
with placed as (
  select
    sums.*,
    others.other_model,
    lines.gap as other_line_gap,
    lines.price_list as other_price_list,
    lines.input_price as other_input_price,
    lines.output_price as other_output_price,
    lines.assumes_cache_read as other_assumes_cache_read,
    lines.assumes_cache_write as other_assumes_cache_write,
    lines.is_sized as other_is_sized,
    cost_of(sums.plain_input_tokens, lines.input_price)
    + cost_of(sums.cache_read_tokens, lines.cache_read_price)
    + cost_of(sums.cache_write_5m_tokens, lines.cache_write_5m_price)
    + cost_of(sums.cache_write_1h_tokens, lines.cache_write_1h_price)
    + cost_of(sums.plain_output_tokens, lines.output_price)
    + cost_of(sums.output_tokens - sums.plain_output_tokens, lines.reasoning_price)
    + cost_of(sums.requests, lines.request_price) as listed_cost_usd,
    list_state(
      lines.line,
      sums.is_failed,
      sums.has_tokens,
      sums.knows_requests,
      sums.has_input,
      sums.has_output,
      sums.has_writes_5m,
      sums.has_writes_1h,
      sums.has_reads_alone,
      lines.input_price,
      lines.output_price,
      lines.cache_write_5m_price,
      lines.cache_write_1h_price,
      lines.cache_read_price,
      lines.request_price
    ) as other_state
  from priced_sums(f, dimensions) as sums
  inner join alternatives as others
    on
      others.host is not distinct from sums.said_host
      and others.provider is not distinct from sums.said_provider
      and others.model is not distinct from sums.said_model
      and others.service_tier is not distinct from sums.said_tier
  left join price_lines as lines
    on
      lines.host is not distinct from others.other_host
      and lines.provider is not distinct from others.other_provider
      and lines.model is not distinct from others.other_model
      and lines.service_tier is not distinct from others.other_tier
      and sums.price_day >= lines.valid_from
      and sums.price_day < lines.valid_until
      and sums.size >= lines.input_from
      and sums.size < lines.input_until
),
judged as (
  select
    *,
    case
      when cost_state = 'cache_hit' then 'cache_hit'
      when not has_tokens or has_input is null or has_output is null then 'tokens'
      when cost_usd is null then 'cost'
      when other_state = 'unpriced' then coalesce(other_line_gap, 'class')
      when other_state = 'unmetered' then 'requests'
    end as other_gap
  from placed
)
select
  * exclude (listed_cost_usd, other_line_gap, other_state),
  case when other_gap is null then listed_cost_usd end as other_cost_usd
from judged;
