-- One row per name, span of time and size of a request: the line of a price list that holds there, or what it has no line
-- for: its `model`, its `host`, its `tier` or that `day`. The nearest id comes first, on the days for which it has a line,
-- so that a new one takes no other days away; then one's own list, a line for the host before one for its provider. A
-- provider's line for another host stands in where there is no other and its lines name one host only, but a line of
-- one's own does so only for requests that name no host. What has no price of its own is at that of input or output, and
-- marked.
with candidates as (
  select
    known.name_id,
    prices.* exclude (digest, provider, host, model, tier, effective_from, effective_until),
    prices.provider as price_provider,
    prices.host as price_host,
    prices.model as price_model,
    prices.tier as price_tier,
    coalesce(prices.effective_from, timestamp '0001-01-01') as opening,
    coalesce(prices.effective_until, timestamp '9999-12-31') as closing,
    row(
      known.id.distance,
      known.id.model,
      prices.host <> '' and prices.host is distinct from known.host,
      not prices.is_own,
      prices.host is distinct from known.host,
      prices.provider is distinct from known.price_provider,
      prices.provider
    ) as nearness
  from (select *, unnest(ids) as id from known_names) as known
  inner join (
    select
      *,
      -- What one adds for another host takes nothing from those that are shipped.
      min(nullif(host, '')) over (partition by is_own, provider, model)
      = max(nullif(host, '')) over (partition by is_own, provider, model)
      and (
        not is_own
        or min(nullif(host, '')) over (partition by provider, model)
        = max(nullif(host, '')) over (partition by provider, model)
      ) as is_only_host
    from prices
  ) as prices
    on
      prices.model = known.id.model
      and prices.tier = known.price_tier
      and (
        prices.host = known.host
        or (
          prices.provider = known.price_provider
          and (prices.host = '' or (prices.is_only_host and (known.host is null or not prices.is_own)))
        )
      )
),
edges as (
  select
    name_id,
    unnest([timestamp '0001-01-01', timestamp '9999-12-31']) as edge
  from known_names
  union
  select
    name_id,
    unnest([opening, closing]) as edge
  from candidates
),
spans as (
  select
    name_id,
    edge as valid_from,
    lead(edge) over (partition by name_id order by edge) as valid_until
  from edges
),
held as (
  select
    spans.*,
    candidates.* exclude (name_id, opening, closing, nearness)
  from spans
  left join candidates
    on
      candidates.name_id = spans.name_id
      and candidates.opening <= spans.valid_from
      and candidates.closing >= spans.valid_until
  where spans.valid_until is not null
  qualify rank() over (partition by spans.name_id, spans.valid_from order by candidates.nearness) = 1
)
select
  $lines_digest as digest,
  known.name_id,
  known.host,
  known.provider,
  known.model,
  known.service_tier,
  held.valid_from,
  held.valid_until,
  coalesce(held.input_from, 0) as input_from,
  lead(held.input_from, 1, 9223372036854775807) over (
    partition by held.name_id, held.valid_from
    order by held.input_from
  ) as input_until,
  count(*) over (partition by held.name_id, held.valid_from) > 1 as is_sized,
  case
    when held.line is not null then null
    when known.price_model is null then 'model'
    when count(held.line) over (partition by held.name_id) = 0 and not known.has_tier then 'tier'
    when count(held.line) over (partition by held.name_id) = 0 then 'host'
    else 'day'
  end as gap,
  held.price_list,
  held.line,
  held.is_own,
  held.price_provider,
  held.price_host,
  held.price_model,
  held.price_tier,
  held.input as input_price,
  coalesce(held.cache_read, held.input) as cache_read_price,
  coalesce(cache_write_5m, case when cache_write_1h is null then input end) as cache_write_5m_price,
  coalesce(cache_write_1h, case when cache_write_5m is null then input end) as cache_write_1h_price,
  output as output_price,
  coalesce(reasoning, output) as reasoning_price,
  coalesce(per_request, 0) as request_price,
  cache_read is null as assumes_cache_read,
  cache_write_5m is null and cache_write_1h is null as assumes_cache_write,
  checked_on
from held
inner join known_names as known on known.name_id = held.name_id
