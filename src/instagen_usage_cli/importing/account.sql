-- The account of an import: where every record went, file by file, and what could not be read.

-- name: outcomes
-- Rows that add up to how many records of an import went where. At first, all requests count as new.
create temp table outcomes as
select
  import_id,
  'new' as outcome,
  usable as records
from read_files
where not is_statement;

-- name: correct_outcomes
-- Of the affected requests: what a request brought counts for the first file that has it; every other record of it is a
-- repeat.
insert into outcomes by name
with affected_records as (
  select
    staged_requests.import_id,
    request_key,
    count(*) as records
  from staged_requests
  semi join affected using (request_key)
  group by all
),
first_records as (
  select
    min(import_id) as import_id,
    request_key
  from affected_records
  group by request_key
)
select
  import_id,
  'new' as outcome,
  -records as records
from affected_records
union all by name
select
  import_id,
  'repeat' as outcome,
  records
from affected_records
union all by name
select
  import_id,
  'repeat' as outcome,
  -1 as records
from first_records
union all by name
select
  import_id,
  case
    when request_key not in (select request_key from stored_sightings) then 'new'
    when request_key in (select request_key from changed) then 'improved'
    else 'already_stored'
  end as outcome,
  1 as records
from first_records;

-- name: add_statement_outcomes
-- The records of statements.
insert into outcomes by name
select
  import_id,
  outcome,
  records
from statement_outcomes;

-- name: skips
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
inner join read_files as files on files.path = numbered.path
union all
select
  files.name,
  rejects.record,
  rejects.record as line,
  rejects.byte_offset,
  rejects.reason
from rejects
inner join read_files as files on files.path = rejects.path
where rejects.reason not like 'not a request%';

-- name: skipped_tables
-- The CSV files with skipped records: the lines up to their headings, and the records they have.
select
  path,
  line_offset,
  lines + (select count(*) from rejects where rejects.path = read_files.path) as records
from read_files
where line_offset > 0 and name in (select name from skips);

-- name: drop_line_numbers
-- Files in which a record is not a line.
update read_files set line_offset = null
where path in (select unnest(from_json($paths::json, '["VARCHAR"]')));

-- name: store_skipped
-- Keep the place and the reason of every record that could not be read; never its content.
insert into skipped by name
select
  read_files.import_id,
  skips.record,
  skips.line + read_files.line_offset as line,
  skips.byte_offset,
  skips.reason
from skips
inner join read_files using (name)
order by read_files.import_id, skips.record;

-- name: store_imports
-- Keep what became of each file.
insert into imports by name
with counts as (
  select
    import_id,
    (sum(records) filter (where outcome = 'new'))::bigint as "new",
    (sum(records) filter (where outcome = 'already_stored'))::bigint as already_stored,
    (sum(records) filter (where outcome = 'improved'))::bigint as improved,
    (sum(records) filter (where outcome = 'replaced'))::bigint as replaced,
    (sum(records) filter (where outcome = 'repeat'))::bigint as repeat
  from outcomes
  group by import_id
)
select
  read_files.import_id,
  $now as imported_at,
  read_files.name as path,
  read_files.size,
  read_files.modified_ns,
  read_files.digest,
  read_files.source,
  read_files.adapter_version,
  read_files.reading,
  read_files.records as "read",
  coalesce(counts."new", 0) as "new",
  coalesce(counts.already_stored, 0) as already_stored,
  coalesce(counts.improved, 0) as improved,
  coalesce(counts.replaced, 0) as replaced,
  coalesce(counts.repeat, 0) as repeat,
  read_files.skipped,
  read_files.skipped_reasons,
  read_files.first_at,
  read_files.last_at,
  read_files.open_from,
  read_files.open_until,
  read_files.open_digest
from read_files
left join counts using (import_id)
order by read_files.import_id;

-- name: stored_imports
-- One row per file of this import, as it was booked.
select imports.*
from imports
semi join read_files using (import_id)
order by imports.import_id;
