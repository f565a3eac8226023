-- One row per host, provider and tier at which the model $model is in use, and size of a request: whose price list is
-- asked for which exact id, what it was found by, and the line that holds on the day $at, or what there is none for.
select
  held.provider,
  held.host,
  held.service_tier as tier,
  nullif(held.input_from, 0) - 1 as input_above,
  known.price_provider as list_provider,
  known.provider_by,
  coalesce(held.price_model, known.price_model) as list_model,
  found.found_by as model_by,
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
left join found_ids as found
  on
    found.host is not distinct from known.host
    and found.provider is not distinct from known.provider
    and found.model is not distinct from known.model
    and found.service_tier is not distinct from known.service_tier
    and found.price_model = coalesce(held.price_model, known.price_model)
where
  held.model = $model
  and held.valid_from <= $at
  and held.valid_until > $at
order by
  held.provider,
  held.host nulls first,
  held.service_tier nulls first,
  held.input_from
