-- The import that brought the stored requests, which says what time is covered, and the names that they are priced by.
update write_fence set n = 1;

insert into imports by name
select
  1 as import_id,
  max(started_at) as imported_at,
  'litellm.jsonl' as path,
  'litellm' as source,
  count(*) as "read",
  count(*) as "new",
  min(started_at) as first_at,
  max(started_at) as last_at
from requests;

insert into names
select distinct
  host,
  provider,
  model,
  service_tier
from requests;
