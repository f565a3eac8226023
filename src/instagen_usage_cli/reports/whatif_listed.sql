-- One row per model in the price lists and whose list it is; whether that is one of the $providers or $hosts.
select distinct
  model,
  coalesce(nullif(provider, ''), host) as place,
  list_contains($providers, provider) or list_contains($hosts, host) as is_there
from prices
order by
  model,
  place
