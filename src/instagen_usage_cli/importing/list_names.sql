-- Keep what prices are looked up by: each host, provider, model and tier that a request or statement names.
insert into names by name
select distinct
  host,
  provider,
  model,
  service_tier
from requests
union
select
  host,
  provider,
  model,
  service_tier
from statements;
