-- One row per file and outcome: how many records went where.
create temp table outcomes as
with affected_requests as (
  select
    staged_requests.path,
    staged_requests.request_key,
    -- Many files are read in any order: of those that tell of it, it is the first one's.
    row_number() over (
      partition by staged_requests.request_key order by staged_requests.import_id, staged_requests.place
    ) > 1 as is_repeat
  from staged_requests
  semi join affected on affected.request_key = staged_requests.request_key
)
select
  staged_requests.path as name,
  'new' as outcome,
  count(*) as records
from staged_requests
anti join affected on affected.request_key = staged_requests.request_key
group by all
union all
select
  path as name,
  case
    when is_repeat then 'repeat'
    when request_key not in (select request_key from known) then 'new'
    when request_key in (select request_key from changed) then 'improved'
    else 'already_stored'
  end as outcome,
  count(*) as records
from affected_requests
group by all
union all
select
  files.name,
  statement_outcomes.outcome,
  sum(statement_outcomes.records)::bigint as records
from statement_outcomes
inner join files on files.import_id = statement_outcomes.import_id
group by all;
