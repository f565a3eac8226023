-- One row per name that prices are looked up by: whose price list is asked (`provider_by` says who knew: the host, an alias,
-- or the name itself), for which exact id and tier. The host says whose it is, else the provider does; a name that any server with the same interface goes by does so only where no
-- other host is known. The ids that it may stand for are the exact one, an alias of it, what one prefix of it means, and
-- an alias of that; the nearest is its id. The letter case of a provider does not matter.
create or replace temp table known_names as
with hosts as (
  select
    asked.*,
    -- One, whatever else matches: a name that stood here twice would be counted twice.
    (
      select min(aliases.meaning)
      from aliases
      where aliases.kind = 'host' and asked.host glob aliases.name
    ) as host_provider
  from asked_names as asked
),
listed as (
  select distinct provider
  from prices
),
placed as (
  select
    hosts.name_id,
    hosts.host,
    hosts.provider,
    hosts.model,
    hosts.service_tier,
    case
      when hosts.host_provider is not null then hosts.host_provider
      when protocols.name is not null and hosts.host is not null then null
      else coalesce(providers.meaning, exact.provider, in_lower_case.provider, hosts.provider)
    end as price_provider,
    case
      when hosts.host_provider is not null then 'host'
      when protocols.name is not null and hosts.host is not null then null
      when providers.meaning is not null then 'alias'
      when hosts.provider is not null then 'exact'
    end as provider_by,
    coalesce(tiers.meaning, hosts.service_tier, '') as price_tier
  from hosts
  left join aliases as protocols
    on
      protocols.kind = 'protocol'
      and protocols.name = lower(hosts.provider)
  left join aliases as providers
    on
      providers.kind = 'provider'
      and providers.name = lower(hosts.provider)
  left join listed as exact on exact.provider = hosts.provider
  left join listed as in_lower_case on in_lower_case.provider = lower(hosts.provider)
  left join aliases as tiers
    on
      tiers.kind = 'tier'
      and tiers.name = hosts.service_tier
),
routed as (
  select
    *,
    -- What Bedrock is asked for stands behind the name of a resource, or a route and a region of LiteLLM's.
    case
      when price_provider = 'aws'
        then regexp_replace(
          model, '^(arn:aws[a-z-]*:bedrock:[^/]*/|bedrock/|converse/|invoke/|converse_like/|[a-z]{2}(-[a-z]+)+-\d/)+', ''
        )
      else model
    end as route_end
  from placed
),
spelt as (
  select
    placed.*,
    placed.model as spelling,
    0 as distance
  from placed
  union all
  select
    routed.* exclude (route_end),
    route_end as spelling,
    1 as distance
  from routed
  where route_end <> model
  union all
  select
    routed.* exclude (route_end),
    aliases.meaning || substr(routed.route_end, length(aliases.name) + 1) as spelling,
    2 as distance
  from routed
  inner join aliases
    on
      aliases.kind = 'prefix'
      and starts_with(routed.route_end, aliases.name)
      and aliases.provider in ('', routed.price_provider)
),
meant as (
  select *
  from spelt
  union all
  select spelt.* replace (aliases.meaning as spelling, spelt.distance + 1 as distance)
  from spelt
  inner join aliases
    on
      aliases.kind = 'model'
      and aliases.name = spelt.spelling
      and aliases.provider in ('', spelt.price_provider)
),
ids as (
  select
    meant.name_id,
    bool_or(prices.tier = meant.price_tier) as has_tier,
    list(distinct {'model': meant.spelling, 'distance': meant.distance}) as ids,
    min_by(meant.spelling, [meant.distance::varchar, meant.spelling]) as price_model
  from meant
  inner join prices
    on
      prices.model = meant.spelling
      and (prices.host = meant.host or prices.provider = meant.price_provider)
  group by meant.name_id
)
select
  placed.*,
  ids.has_tier,
  ids.ids,
  ids.price_model
from placed
left join ids on ids.name_id = placed.name_id;
