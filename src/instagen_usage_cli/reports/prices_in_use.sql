-- One row per name in use that matches the patterns, and size of a request: the line of a price list that holds for it on
-- the day $at, as it stands there, or what it has no line for.
select
  list_lines.* exclude (provider, host, model, tier, price_list, line, is_own),
  held.price_list,
  held.line,
  held.is_own,
  held.provider,
  held.host,
  held.model,
  held.service_tier as tier,
  held.price_model as list_model,
  held.gap
from price_lines as held
left join list_lines
  on
    list_lines.price_list = held.price_list
    and list_lines.line = held.line
    and list_lines.is_own = held.is_own
where
  held.valid_from <= $at
  and held.valid_until > $at
  and matches(held.provider, $provider)
  and matches(held.model, $model)
order by
  held.provider,
  held.host nulls first,
  held.model,
  held.service_tier nulls first,
  held.input_from
