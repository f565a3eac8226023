-- Listing: what was imported, what was skipped, and how a file was read the last time.

-- name: signatures
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
qualify row_number() over (partition by path order by import_id desc) = 1;

-- name: listed
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
order by import_id;

-- name: skipped
-- One row per record that could not be read, the newest import first.
select
  skipped.import_id,
  imports.path,
  skipped.record,
  skipped.line,
  skipped.byte_offset,
  skipped.reason
from skipped
left join imports on imports.import_id = skipped.import_id
order by skipped.import_id desc, skipped.record
limit $limit;

-- name: last_imported
-- One row per source: how many files were imported as its, and when last.
select
  source,
  count(distinct path) as imported_files,
  max(imported_at) as imported_at
from imports
group by source;

-- name: private_values
-- Values as they are stored, by the fields they are of: without any access key.
select
  field,
  case
    when field = 'access_key' then private_key(without_secrets(value))
    when field in ('account', 'project', 'user') then private_name(without_secrets(value))
    else without_secrets(value)
  end as value
from (
  select unnest(from_json($values::json, '[{"field": "VARCHAR", "value": "VARCHAR"}]'), recursive := true)
);
