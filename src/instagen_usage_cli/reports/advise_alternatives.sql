-- One row per name in use and other model in the price list of its provider, at the ordinary tier.
create or replace temp table alternatives as
select distinct
  known.host,
  known.provider,
  known.model,
  known.service_tier,
  known.host as other_host,
  known.provider as other_provider,
  prices.model as other_model,
  null::varchar as other_tier
from known_names as known
inner join prices
  on
    prices.provider = known.price_provider
    and prices.tier = ''
    and prices.model is distinct from known.model
    and prices.model is distinct from known.price_model;
