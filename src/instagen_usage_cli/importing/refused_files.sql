-- The files that cannot be imported: with amounts in another currency, with no record at all, or with records of which
-- none can be used. A page of a known API without a record is an answer.
with read_records as (
  select
    path,
    coalesce(bool_or(is_foreign), false) as is_foreign,
    count(*) as records,
    count(*) filter (where skip_reason is null) as usable,
    mode(skip_reason) filter (where skip_reason not like 'not a request%') as reason
  from staging.staged
  where skip_reason is distinct from 'blank'
  group by path
),
refused_records as (
  select
    path,
    count(*) as records,
    min(record) filter (where reason = 'an unclosed quote') as unclosed,
    mode(reason) as reason
  from rejects
  group by path
),
counts as (
  select
    files.name,
    files.is_mapped,
    coalesce(read_records.is_foreign, false) as is_foreign,
    refused_records.unclosed,
    coalesce(read_records.records, 0) + coalesce(refused_records.records, 0) as records,
    coalesce(read_records.usable, 0) as usable,
    coalesce(read_records.reason, refused_records.reason) as reason
  from files
  left join read_records on read_records.path = files.path
  left join refused_records on refused_records.path = files.path
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
