-- One row per line of a price list that holds for a name in use on the day $at and was last checked before the day
-- $before, or never.
select distinct
  price_model as model,
  coalesce(nullif(price_provider, ''), price_host) as provider,
  price_list as file,
  line,
  checked_on::timestamp as checked_on
from price_lines
where
  line is not null
  and valid_from <= $at
  and valid_until > $at
  and (checked_on is null or checked_on < $before)
order by
  checked_on nulls first,
  model,
  provider,
  file,
  line
