-- One row per line of the price lists, over all time, for the model $model, or for an exact id that it goes by where it is
-- in use; whether the line holds there on the day $at for its requests. The providers of those come first.
select
  list_lines.*,
  exists (
    select 1
    from price_lines as held
    where
      held.model = $model
      and held.price_list = list_lines.price_list
      and held.line = list_lines.line
      and held.is_own = list_lines.is_own
      and held.valid_from <= $at
      and held.valid_until > $at
  ) as in_use
from list_lines
where
  model = $model
  or model in (select known.price_model from known_names as known where known.model = $model)
  or model in (
    select held.price_model
    from price_lines as held
    where
      held.model = $model
      and held.valid_from <= $at
      and held.valid_until > $at
  )
order by
  coalesce(provider in (select price_provider from known_names where known_names.model = $model), false) desc,
  model,
  provider,
  host nulls first,
  tier nulls first,
  input_above nulls first,
  is_own desc,
  price_list,
  opening
