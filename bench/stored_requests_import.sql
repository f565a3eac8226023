-- The import that brought the stored requests: it says what time is covered.
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
from requests
