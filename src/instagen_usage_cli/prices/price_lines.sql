-- One row per name, span of time and size of a request: the line of a price list that holds there, or what it has no line
-- for: its `model`, its `tier` or that `day`. One's own list comes before the others, a line for the host before one for
-- its provider; a provider's line for another host stands in where there is no other, and its lines name one host only.
-- What has no price of its own is at that of input or output, and marked.
create or replace temp table price_lines as
with candidates as (
  select
    known.host,
    known.provider,
    known.model,
    known.service_tier,
    prices.* exclude (digest, provider, host, model, tier, effective_from, effective_until),
    prices.provider as price_provider,
    prices.host as price_host,
    prices.model as price_model,
    prices.tier as price_tier,
    coalesce(prices.effective_from, timestamp '0001-01-01') as opening,
    coalesce(prices.effective_until, timestamp '9999-12-31') as closing,
    row(
      prices.host <> '' and prices.host is distinct from known.host,
      not prices.is_own,
      prices.host is distinct from known.host,
      prices.provider is distinct from known.price_provider,
      prices.provider
    ) as place
  from known_names as known
  inner join (
    select
      *,
      min(nullif(host, '')) over (partition by provider, model)
      = max(nullif(host, '')) over (partition by provider, model) as is_only_host
    from prices
  ) as prices
    on
      prices.model = case when prices.is_own then known.own_model else known.price_model end
      and prices.tier = known.price_tier
      and (
        prices.host = known.host
        or (prices.provider = known.price_provider and (prices.host = '' or prices.is_only_host))
      )
),
edges as (
  select
    host,
    provider,
    model,
    service_tier,
    unnest([timestamp '0001-01-01', timestamp '9999-12-31']) as edge
  from known_names
  union
  select
    host,
    provider,
    model,
    service_tier,
    unnest([opening, closing]) as edge
  from candidates
),
spans as (
  select
    host,
    provider,
    model,
    service_tier,
    edge as valid_from,
    lead(edge) over (partition by host, provider, model, service_tier order by edge) as valid_until
  from edges
),
held as (
  select
    spans.*,
    candidates.* exclude (host, provider, model, service_tier, opening, closing, place)
  from spans
  left join candidates
    on
      candidates.host is not distinct from spans.host
      and candidates.provider is not distinct from spans.provider
      and candidates.model is not distinct from spans.model
      and candidates.service_tier is not distinct from spans.service_tier
      and candidates.opening <= spans.valid_from
      and candidates.closing >= spans.valid_until
  where spans.valid_until is not null
  qualify
    rank() over (
      partition by spans.host, spans.provider, spans.model, spans.service_tier, spans.valid_from
      order by candidates.place
    ) = 1
),
whole as (
  select
    held.*,
    known.price_model is not null as is_known,
    count(held.line) over (
      partition by held.host, held.provider, held.model, held.service_tier
    ) > 0 as has_lines
  from held
  inner join known_names as known
    on
      known.host is not distinct from held.host
      and known.provider is not distinct from held.provider
      and known.model is not distinct from held.model
      and known.service_tier is not distinct from held.service_tier
)
select
  host,
  provider,
  model,
  service_tier,
  valid_from,
  valid_until,
  coalesce(input_from, 0) as input_from,
  lead(input_from, 1, 9223372036854775807) over (
    partition by host, provider, model, service_tier, valid_from
    order by input_from
  ) as input_until,
  count(*) over (partition by host, provider, model, service_tier, valid_from) > 1 as is_sized,
  case
    when line is not null then null
    when not is_known then 'model'
    when not has_lines then 'tier'
    else 'day'
  end as gap,
  price_list,
  line,
  is_own,
  price_provider,
  price_host,
  price_model,
  price_tier,
  input as input_price,
  coalesce(cache_read, input) as cache_read_price,
  coalesce(cache_write_5m, case when cache_write_1h is null then input end) as cache_write_5m_price,
  coalesce(cache_write_1h, case when cache_write_5m is null then input end) as cache_write_1h_price,
  output as output_price,
  coalesce(reasoning, output) as reasoning_price,
  coalesce(per_request, 0) as request_price,
  cache_read is null as assumes_cache_read,
  cache_write_5m is null and cache_write_1h is null as assumes_cache_write,
  checked_on
from whole;
