-- One row per file: how many records it has, and how many of them would be skipped.
select
  files.name as path,
  files.source,
  count(staged.path) filter (where staged.skip_reason is distinct from 'blank')
  + (select count(*) from rejects where rejects.path = files.path) as "read",
  count(staged.path) filter (where staged.skip_reason is distinct from 'blank' and staged.skip_reason is not null)
  + (select count(*) from rejects where rejects.path = files.path) as skipped
from files
left join staging.staged on staged.path = files.path
group by files.name, files.source, files.path
order by files.name
