-- One row per record that could not be read, at its place in its file; what is simply not a request is left out. Where
-- records say the bytes of their lines, those count the lines; else a record is a line. The number of a line is its place
-- among the lines read plus the refused ones before it; where every line before it was read, its byte offset is the sum
-- of theirs.
create temp table skips as
with refused as (
  select
    path,
    record,
    record - row_number() over (partition by path order by record) + 1 as line_before
  from rejects
),
places as (
  select
    path,
    record,
    line,
    bytes,
    skip_reason,
    row_number() over records as nth_record,
    count(bytes) over (records rows unbounded preceding) as nth_line,
    count(bytes) over (partition by path) > 0 as knows_bytes,
    sum(bytes) over (records rows between unbounded preceding and 1 preceding) as bytes_before
  from staging.staged
  where path in (select path from staging.staged where skip_reason <> 'blank' and skip_reason not like 'not a request%')
  window records as (partition by path order by coalesce(record, rowid))
),
numbered as (
  select
    *,
    (
      select count(*)
      from refused
      where
        refused.path = places.path
        and refused.line_before <= case when places.knows_bytes then places.nth_line else places.nth_record end
    ) as refused_before
  from places
  where skip_reason <> 'blank' and skip_reason not like 'not a request%'
)
select
  files.name,
  coalesce(numbered.record, numbered.nth_record) + numbered.refused_before as record,
  coalesce(
    numbered.line,
    case when numbered.knows_bytes and numbered.record is null then numbered.nth_line end,
    numbered.record,
    numbered.nth_record
  ) + numbered.refused_before as line,
  case
    when numbered.bytes is not null and numbered.path not in (select path from rejects)
      then coalesce(numbered.bytes_before, 0)
  end as byte_offset,
  numbered.skip_reason as reason
from numbered
inner join files on files.path = numbered.path
union all
select
  files.name,
  rejects.record,
  rejects.record as line,
  rejects.byte_offset,
  rejects.reason
from rejects
inner join files on files.path = rejects.path;
