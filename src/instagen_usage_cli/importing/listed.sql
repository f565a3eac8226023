-- One row per import, the newest last.
select
  import_id,
  imported_at,
  source,
  path,
  "read",
  "new",
  already_stored,
  improved,
  replaced,
  repeat,
  skipped,
  first_at,
  last_at
from imports
order by import_id
