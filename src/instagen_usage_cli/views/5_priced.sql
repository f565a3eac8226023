-- One row per counted thing in the filter, with its cost, the parts of it as far as a price list makes it, what it rests
-- on, and the line of the price list that holds for it, if any.
create or replace temp macro priced(f) as table
with listed as (
  select
    counted.*,
    lines.* exclude (host, provider, model, service_tier),
    list_state(
      lines.line,
      counted.is_failed,
      counted.has_tokens,
      counted.knows_requests,
      counted.has_input,
      counted.has_output,
      counted.has_writes_5m,
      counted.has_writes_1h,
      counted.has_reads_alone,
      lines.input_price,
      lines.output_price,
      lines.cache_write_5m_price,
      lines.cache_write_1h_price,
      lines.cache_read_price,
      lines.request_price
    ) as list_state
  from counted(f) as counted
  left join price_lines as lines
    on
      lines.host is not distinct from counted.host
      and lines.provider is not distinct from counted.provider
      and lines.model is not distinct from counted.model
      and lines.service_tier is not distinct from counted.service_tier
      and counted.priced_at >= lines.valid_from
      and counted.priced_at < lines.valid_until
      and counted.size >= lines.input_from
      and counted.size < lines.input_until
),
costed as (
  select
    *,
    cost_state(f['cost'], cache_hit, said_kind, list_state) as cost_state,
    case when list_state = 'list' then cost_of(plain_input_tokens, input_price) end as list_input_cost_usd,
    case when list_state = 'list' then cost_of(cache_read_tokens, cache_read_price) end as list_cache_read_cost_usd,
    case
      when list_state = 'list'
        then
          cost_of(cache_write_5m_tokens, cache_write_5m_price) + cost_of(cache_write_1h_tokens, cache_write_1h_price)
    end as list_cache_write_cost_usd,
    case
      when list_state = 'list'
        then cost_of(plain_output_tokens, output_price) + cost_of(output_tokens - plain_output_tokens, reasoning_price)
    end as list_output_cost_usd,
    case when list_state = 'list' then cost_of(requests, request_price) end as list_request_cost_usd
  from listed
)
select
  *,
  (
    list_input_cost_usd
    + list_cache_read_cost_usd
    + list_cache_write_cost_usd
    + list_output_cost_usd
    + list_request_cost_usd
  )::decimal(38, 12) as list_cost_usd,
  case
    when cost_state = 'cache_hit' then 0
    when cost_state = 'list' then list_cost_usd
    when cost_state in ('billed', 'gateway', 'client') then reported_cost_usd
  end::decimal(38, 12) as cost_usd
from costed;
