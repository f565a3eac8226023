-- One row per counted thing in the filter, with its cost and what the cost rests on. The price is that of the
-- exact model id, of the provider that answered, on the day of the request.
create or replace temp macro priced(f) as table
with listed as (
  select
    counted.*,
    prices.price_list,
    -- A gateway or client that says 0 beside real tokens does not know the price.
    case
      when counted.reported_cost_kind = 'billed' then counted.reported_cost_usd
      else nullif(counted.reported_cost_usd, 0)
    end as said_cost_usd,
    coalesce(
      counted.input_tokens + counted.output_tokens,
      counted.reported_total_tokens,
      counted.input_tokens,
      counted.output_tokens
    ) as known_tokens,
    list_cost(
      counted.requests,
      counted.input_tokens,
      counted.cache_read_tokens,
      counted.cache_write_5m_tokens,
      counted.cache_write_1h_tokens,
      counted.output_tokens,
      counted.reasoning_tokens,
      prices.input,
      prices.cache_read,
      prices.cache_write_5m,
      prices.cache_write_1h,
      prices.output,
      prices.reasoning,
      prices.per_request
    ) as list_cost_usd
  from counted(f) as counted
  left join prices
    on
      prices.provider = counted.provider
      and prices.model = counted.model
      and prices.tier = ''
      and counted.started_at >= prices.effective_from
      and (prices.effective_until is null or counted.started_at < prices.effective_until)
),
stated as (
  select
    *,
    case
      when cache_hit then 'cache_hit'
      when said_cost_usd is not null and reported_cost_kind = 'billed' then 'billed'
      when known_tokens > 0 and list_cost_usd is not null then 'list'
      when said_cost_usd is not null then reported_cost_kind
      when known_tokens > 0 then 'unpriced'
      else 'unmetered'
    end as cost_state
  from listed
)
select
  *,
  case
    when cost_state = 'cache_hit' then 0
    when cost_state = 'list' then list_cost_usd
    when cost_state in ('billed', 'gateway', 'client') then said_cost_usd
  end::decimal(38, 12) as cost_usd
from stated;
