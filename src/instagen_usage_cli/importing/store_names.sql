-- Keep what prices are looked up by: each host, provider, model and tier that nobody named before.
insert into names by name
select
  host,
  provider,
  model,
  service_tier
from (
  select
    host,
    provider,
    model,
    service_tier
  from staged_requests
  union
  select
    host,
    provider,
    model,
    service_tier
  from changed
  union
  select
    host,
    provider,
    model,
    service_tier
  from staged_statements
)
except
select
  host,
  provider,
  model,
  service_tier
from names;
