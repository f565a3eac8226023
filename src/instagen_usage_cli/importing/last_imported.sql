-- One row per source: how many files were imported as its, and when last.
select
  source,
  count(distinct path) as imported_files,
  max(imported_at) as imported_at
from imports
group by source
