-- The files that cannot be imported: with amounts in another currency, with no record at all, or with records of which
-- none can be used. A page of a known API without a record is an answer.
with counts as (
  select
    files.path,
    files.name,
    files.is_mapped,
    coalesce(bool_or(staged.is_foreign), false) as is_foreign,
    (
      select min(rejects.record)
      from rejects
      where rejects.path = files.path and rejects.reason = 'an unclosed quote'
    ) as unclosed,
    count(staged.path) + (select count(*) from rejects where rejects.path = files.path) as records,
    count(*) filter (where staged.skip_reason is null and staged.path is not null) as usable,
    coalesce(
      mode(staged.skip_reason) filter (where staged.skip_reason not like 'not a request%'),
      (select mode(reason) from rejects where rejects.path = files.path)
    ) as reason
  from files
  left join staging.staged as staged on staged.path = files.path and staged.skip_reason is distinct from 'blank'
  group by files.path, files.name, files.is_mapped
)
select
  name,
  is_foreign,
  unclosed,
  records,
  reason
from counts
where is_foreign or unclosed is not null or (records = 0 and is_mapped) or (usable = 0 and reason is not null)
order by name
