-- One row per model that has a price for output, and per provider and host that it is of.
select distinct
  coalesce(provider, '') as provider,
  coalesce(host, '') as host,
  model
from prices
where output is not null
