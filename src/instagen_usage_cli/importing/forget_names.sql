-- Keep what prices are looked up by, of the requests that other imports tell of in another way.
insert into names by name
select
  host,
  provider,
  model,
  service_tier
from merged()
except
select
  host,
  provider,
  model,
  service_tier
from names;
