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
limit $limit
