-- One row per closed line of a price list that is followed there by a later one which does not begin on that day, of one's
-- own list and for names in use.
with followed as (
  select
    *,
    lead(opening) over (
      partition by price_list, is_own, provider, host, model, tier
      order by opening
    ) as next_opening
  from list_lines
  where input_above is null
)
select
  model,
  coalesce(provider, host) as provider,
  price_list as file,
  line,
  closing as since,
  next_opening as until
from followed
where
  next_opening > closing
  and (
    is_own
    or exists (
      select 1
      from known_names
      where
        known_names.price_model = followed.model
        and (known_names.price_provider = followed.provider or known_names.host = followed.host)
    )
  )
order by
  model,
  provider,
  file,
  line
