-- One row per line of the price lists for one of the exact ids $ids, over all time; whether it holds on the day $at for
-- requests of the model $model at one of the places where that is in use. The providers of those come first.
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
where model in (select unnest($ids))
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
