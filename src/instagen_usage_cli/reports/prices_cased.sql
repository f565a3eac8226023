-- One row per name in use that no price list has, and of which some list has another spelling: the model and the provider
-- in use, and the listed ones, which differ in letter case only.
select distinct
  known.model,
  known.price_provider as provider,
  prices.model as listed_model,
  prices.provider as listed_provider,
  prices.price_list
from known_names as known
inner join prices
  on
    lower(prices.model) = lower(known.model)
    and lower(prices.provider) = lower(known.price_provider)
    and (prices.model <> known.model or prices.provider <> known.price_provider)
where known.ids is null
order by
  known.model,
  provider,
  listed_model,
  listed_provider,
  prices.price_list
