-- One row per name that prices are looked up by: whose price list is asked, for which exact id (unknown: none that is
-- listed) and tier.
select
  host,
  provider,
  model,
  service_tier,
  price_provider,
  price_model,
  price_tier
from known_names
