-- The files that cannot be imported: with amounts in another currency, or with no record at all.
select
  files.name,
  coalesce(bool_or(staged.is_foreign), false) as is_foreign
from files
left join staging.staged on staged.path = files.path and staged.skip_reason is distinct from 'blank'
group by files.name, files.path
having
  coalesce(bool_or(staged.is_foreign), false)
  or (count(staged.path) = 0 and files.path not in (select path from rejects))
order by files.name
