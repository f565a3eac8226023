-- One row per host, provider and tier at which the model $model is in use, and size of a request: whose price list is
-- asked for which exact id, what it was found by, and the line that holds on the day $at, or what there is none for.
select
  held.provider,
  held.host,
  held.service_tier as tier,
  nullif(held.input_from, 0) - 1 as input_above,
  known.price_provider as list_provider,
  case
    when
      exists (
        select 1
        from aliases
        where
          aliases.kind = 'host'
          and known.host glob aliases.name
      )
      then 'host'
    when known.price_provider <> known.provider then 'alias'
    when known.price_provider is not null then 'exact'
  end as provider_by,
  known.price_model as list_model,
  case
    when known.price_model = known.model then 'exact'
    when
      exists (
        select 1
        from aliases
        where
          aliases.kind = 'model'
          and aliases.name = known.model
          and aliases.meaning = known.price_model
          and aliases.provider in ('', known.price_provider)
      )
      then 'alias'
    when ends_with(known.model, known.price_model) then 'prefix'
    when known.price_model is not null then 'prefix and alias'
  end as model_by,
  held.price_list,
  held.line,
  coalesce(held.is_own, false) as is_own,
  held.gap
from price_lines as held
inner join known_names as known
  on
    known.host is not distinct from held.host
    and known.provider is not distinct from held.provider
    and known.model is not distinct from held.model
    and known.service_tier is not distinct from held.service_tier
where
  held.model = $model
  and held.valid_from <= $at
  and held.valid_until > $at
order by
  held.provider,
  held.host nulls first,
  held.service_tier nulls first,
  held.input_from
