-- Keep the place and the reason of every record that could not be read; never its content.
insert into skipped by name
select
  files.import_id,
  skips.record,
  skips.line + files.line_offset as line,
  skips.byte_offset,
  skips.reason
from skips
inner join files on files.name = skips.name
order by files.import_id, skips.record;
