-- One row per skipped record, at its place in its file. A line's number is its place among the lines read plus the
-- refused ones before it; where every line before it was read, its byte offset is the sum of theirs.
create temp table skips as
with firsts as (
  select
    path,
    min(rowid) as first_place
  from staging.staged
  group by path
),
refused as (
  select
    path,
    record,
    record - row_number() over (partition by path order by record) + 1 as place_before
  from rejects
),
offsets as (
  select
    staged.rowid as place,
    sum(staged.bytes) over (
      partition by staged.path order by staged.rowid rows between unbounded preceding and 1 preceding
    ) as byte_offset
  from staging.staged
  where
    staged.path in (select path from staging.staged where skip_reason <> 'blank' and bytes is not null)
    and staged.path not in (select path from rejects)
)
select
  files.name,
  coalesce(
    staged.record,
    staged.rowid - firsts.first_place + 1
    + (
      select count(*)
      from refused
      where refused.path = staged.path and refused.place_before <= staged.rowid - firsts.first_place + 1
    )
  ) as record,
  case when staged.bytes is not null then coalesce(offsets.byte_offset, case when staged.rowid = firsts.first_place then 0 end) end
    as byte_offset,
  staged.skip_reason as reason
from staging.staged
inner join files on files.path = staged.path
inner join firsts on firsts.path = staged.path
left join offsets on offsets.place = staged.rowid
where staged.skip_reason <> 'blank'
union all
select
  files.name,
  rejects.record,
  rejects.byte_offset,
  rejects.reason
from rejects
inner join files on files.path = rejects.path;
