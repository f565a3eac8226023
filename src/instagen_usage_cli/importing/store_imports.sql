-- Keep what became of each file.
insert into imports by name
with counts as (
  select
    name,
    coalesce(sum(records) filter (where outcome = 'new'), 0)::bigint as "new",
    coalesce(sum(records) filter (where outcome = 'already_stored'), 0)::bigint as already_stored,
    coalesce(sum(records) filter (where outcome = 'improved'), 0)::bigint as improved,
    coalesce(sum(records) filter (where outcome = 'replaced'), 0)::bigint as replaced,
    coalesce(sum(records) filter (where outcome = 'repeat'), 0)::bigint as repeat
  from outcomes
  group by name
),
skips as (
  select
    path,
    skip_reason as reason
  from staging.staged
  where skip_reason <> 'blank'
  union all
  select
    path,
    reason
  from rejects
),
reasons as (
  select
    path,
    reason,
    count(*) as records
  from skips
  group by path, reason
),
skip_counts as (
  select
    path,
    sum(records)::bigint as skipped,
    map_from_entries(list({'key': reason, 'value': records} order by reason)) as skipped_reasons
  from reasons
  group by path
),
lines as (
  select
    path,
    count(*) as records
  from staging.staged
  where skip_reason is distinct from 'blank'
  group by path
),
refused as (
  select
    path,
    count(*) as records
  from rejects
  group by path
),
times as (
  select
    path,
    min(started_at) as first_at,
    max(started_at) as last_at
  from staging.staged
  where skip_reason is null
  group by path
)
select
  files.import_id,
  $now as imported_at,
  files.name as path,
  files.size,
  files.modified_ns,
  files.digest,
  files.source,
  files.adapter_version,
  files.reading,
  coalesce(lines.records, 0) + coalesce(refused.records, 0) as "read",
  coalesce(counts."new", 0) as "new",
  coalesce(counts.already_stored, 0) as already_stored,
  coalesce(counts.improved, 0) as improved,
  coalesce(counts.replaced, 0) as replaced,
  coalesce(counts.repeat, 0) as repeat,
  coalesce(skip_counts.skipped, 0) as skipped,
  skip_counts.skipped_reasons,
  times.first_at,
  times.last_at
from files
left join counts on counts.name = files.name
left join skip_counts on skip_counts.path = files.path
left join lines on lines.path = files.path
left join refused on refused.path = files.path
left join times on times.path = files.path
order by files.import_id;
