-- The requests that need more than an insert: staged twice, by several files perhaps, or known already.
create temp table affected as
with staged_twice as (
  select
    request_key,
    min(import_id) < max(import_id) as is_of_several_files
  from staged_requests
  group by request_key
  having count(*) > 1
)
select *
from staged_twice
union all
select distinct
  known.request_key,
  false as is_of_several_files
from known
anti join staged_twice on staged_twice.request_key = known.request_key;
