-- One row per file of this import that replaces buckets, of the store or of a file before it, and drops something: sums
-- that were larger, or names that it does not have. How many buckets, and the first. A provider does not take back what
-- was used: they are likely to be parts of one report, which would both count under scopes of their own.
with last_files as (
  select
    scope,
    kind,
    bucket_start,
    bucket_width,
    max(import_id) as import_id
  from staged_statements
  group by all
),
now as (
  select staged_statements.* exclude (records)
  from staged_statements
  semi join last_files
    on
      last_files.import_id = staged_statements.import_id
      and last_files.scope = staged_statements.scope
      and last_files.kind = staged_statements.kind
      and last_files.bucket_start = staged_statements.bucket_start
      and last_files.bucket_width = staged_statements.bucket_width
),
before as (
  select staged_statements.* exclude (records)
  from staged_statements
  anti join last_files
    on
      last_files.import_id = staged_statements.import_id
      and last_files.scope = staged_statements.scope
      and last_files.kind = staged_statements.kind
      and last_files.bucket_start = staged_statements.bucket_start
      and last_files.bucket_width = staged_statements.bucket_width
  union all
  select statements.*
  from statements
  semi join last_files
    on
      last_files.scope = statements.scope
      and last_files.kind = statements.kind
      and last_files.bucket_start = statements.bucket_start
      and last_files.bucket_width = statements.bucket_width
  qualify statements.import_id = max(statements.import_id) over (partition by scope, kind, bucket_start, bucket_width)
),
sums_before as (
  select
    import_id,
    scope,
    kind,
    bucket_start,
    bucket_width,
    sum(coalesce(requests, 0)) as requests,
    sum(coalesce(reported_total_tokens, input_tokens + output_tokens, 0)) as tokens,
    sum(coalesce(reported_cost_usd, 0)) as cost_usd
  from before
  group by all
),
sums_now as (
  select
    scope,
    kind,
    bucket_start,
    bucket_width,
    sum(coalesce(requests, 0)) as requests,
    sum(coalesce(reported_total_tokens, input_tokens + output_tokens, 0)) as tokens,
    sum(coalesce(reported_cost_usd, 0)) as cost_usd
  from now
  group by all
),
dropped as (
  select
    before.scope,
    before.kind,
    before.bucket_start,
    before.bucket_width
  from before
  anti join now
    on
      now.scope = before.scope
      and now.kind = before.kind
      and now.bucket_start = before.bucket_start
      and now.bucket_width = before.bucket_width
      and now.model is not distinct from before.model
      and now.access_key is not distinct from before.access_key
      and now.project is not distinct from before.project
      and now."user" is not distinct from before."user"
  union
  select
    sums_before.scope,
    sums_before.kind,
    sums_before.bucket_start,
    sums_before.bucket_width
  from sums_before
  inner join sums_now
    on
      sums_now.scope = sums_before.scope
      and sums_now.kind = sums_before.kind
      and sums_now.bucket_start = sums_before.bucket_start
      and sums_now.bucket_width = sums_before.bucket_width
  where
    sums_now.requests < sums_before.requests
    or sums_now.tokens < sums_before.tokens
    or sums_now.cost_usd < sums_before.cost_usd
)
select
  files.name,
  count(*) as buckets,
  min(dropped.bucket_start) as first_at
from dropped
inner join last_files
  on
    last_files.scope = dropped.scope
    and last_files.kind = dropped.kind
    and last_files.bucket_start = dropped.bucket_start
    and last_files.bucket_width = dropped.bucket_width
inner join files on files.import_id = last_files.import_id
group by files.name
order by files.name
