-- One row per staged bucket: whether it is new, the same as the stored one, or replaces it. Of a bucket that several
-- files of one import bring, the last counts.
create temp table statement_outcomes as
with stored as (
  select statements.*
  from statements
  semi join staged_statements as staged
    on
      staged.scope = statements.scope
      and staged.kind = statements.kind
      and staged.bucket_start = statements.bucket_start
      and staged.bucket_width = statements.bucket_width
  qualify import_id = max(import_id) over (partition by scope, kind, bucket_start, bucket_width)
),
changed as (
  (
    select * exclude (import_id, records) from staged_statements
    except
    select * exclude (import_id) from stored
  )
  union all
  (
    select * exclude (import_id) from stored
    except
    select * exclude (import_id, records) from staged_statements
  )
)
select
  staged.import_id,
  staged.scope,
  staged.kind,
  staged.bucket_start,
  staged.bucket_width,
  sum(staged.records)::bigint as records,
  case
    when staged.import_id < max(staged.import_id) over (
      partition by staged.scope, staged.kind, staged.bucket_start, staged.bucket_width
    ) then 'repeat'
    when bool_and(stored_buckets.scope is null) then 'new'
    when bool_or(changed_buckets.scope is not null) then 'replaced'
    else 'already_stored'
  end as outcome
from staged_statements as staged
left join (select distinct scope, kind, bucket_start, bucket_width from stored) as stored_buckets
  on
    stored_buckets.scope = staged.scope
    and stored_buckets.kind = staged.kind
    and stored_buckets.bucket_start = staged.bucket_start
    and stored_buckets.bucket_width = staged.bucket_width
left join (select distinct scope, kind, bucket_start, bucket_width from changed) as changed_buckets
  on
    changed_buckets.scope = staged.scope
    and changed_buckets.kind = staged.kind
    and changed_buckets.bucket_start = staged.bucket_start
    and changed_buckets.bucket_width = staged.bucket_width
group by staged.import_id, staged.scope, staged.kind, staged.bucket_start, staged.bucket_width;
