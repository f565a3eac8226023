-- The CSV files with skipped records: the lines up to their headings, and the records they have.
select
  files.path,
  files.line_offset,
  (select count(*) from staging.staged where staged.path = files.path)
  + (select count(*) from rejects where rejects.path = files.path) as records
from files
where files.line_offset > 0 and files.name in (select name from skips)
