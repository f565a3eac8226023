-- One row per path: how its newest import was read.
select
  path,
  size,
  modified_ns,
  digest,
  source,
  adapter_version,
  reading
from imports
where path in (select unnest(from_json($paths::json, '["VARCHAR"]')))
qualify row_number() over (partition by path order by import_id desc) = 1
