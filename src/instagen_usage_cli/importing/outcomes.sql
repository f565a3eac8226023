-- One row per file and outcome: how many records went where. What a request brought is told of the first file that tells
-- of it; every other record of it is a repeat.
create temp table outcomes as
with told as (
  select
    staged_requests.import_id,
    staged_requests.request_key,
    affected.request_key is not null as is_affected
  from staged_requests
  left join affected on affected.request_key = staged_requests.request_key
),
first_told as (
  select
    min(import_id) as import_id,
    request_key
  from told
  where is_affected
  group by request_key
),
counts as (
  select
    import_id,
    case when is_affected then 'repeat' else 'new' end as outcome,
    count(*) as records
  from told
  group by all
  union all
  select
    import_id,
    'repeat' as outcome,
    -count(*) as records
  from first_told
  group by all
  union all
  select
    import_id,
    case
      when request_key not in (select request_key from known) then 'new'
      when request_key in (select request_key from changed) then 'improved'
      else 'already_stored'
    end as outcome,
    count(*) as records
  from first_told
  group by all
  union all
  select
    import_id,
    outcome,
    records
  from statement_outcomes
)
select
  files.name,
  counts.outcome,
  sum(counts.records)::bigint as records
from counts
inner join files on files.import_id = counts.import_id
group by all;
