-- One row per line of the price lists that holds on the day $at and matches the patterns.
select
  list_lines.*,
  model as list_model,
  null::varchar as gap
from list_lines
where
  opening <= $at
  and closing > $at
  and matches(provider, $provider)
  and matches(model, $model)
order by
  provider,
  host nulls first,
  model,
  tier nulls first,
  input_above nulls first,
  is_own desc,
  price_list,
  line
