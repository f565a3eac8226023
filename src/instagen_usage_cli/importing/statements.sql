-- Statements: the buckets of a report, each stored where it says something new.

-- name: staged_statements
-- One row per bucket and dimensions of the staged statement files; equal dimensions within a file are summed. How wide
-- the buckets of a mapped file are, its times say together. Where parts do not add up to the source's own total, only the
-- total is kept, as of requests.
create temp table staged_statements as
with clocks as (
  select
    staged.path,
    case
      when bool_and(is_month) then 'month'
      when bool_and(wall = date_trunc('day', wall)) then 'day'
      when bool_and(wall = date_trunc('hour', wall)) then 'hour'
      when bool_and(wall = date_trunc('minute', wall)) then 'minute'
      else 'second'
    end as clock,
    case
      when bool_or(
        coalesce(staged.requests, input_tokens, output_tokens, reported_total_tokens) is not null
      ) then 'usage'
      else 'cost'
    end as kind
  from staging.staged
  inner join read_files on read_files.path = staged.path and read_files.is_statement
  where skip_reason is null
  group by staged.path
),
buckets as (
  select
    staged.* exclude (bucket_end),
    -- A span of whole days ends where it says.
    coalesce(
      bucket_end, case when is_date and ended_at > staged.started_at + interval 25 hours then ended_at end
    ) as bucket_end,
    coalesce(staged.kind, clocks.kind) as statement_kind,
    coalesce(reported_total_tokens > 0 and input_tokens + output_tokens <> reported_total_tokens, false) as is_mismatch,
    case
      when staged.bucket_end is null and ended_at > staged.started_at + interval 25 hours and is_date then 'month'
      when staged.bucket_end is null then clocks.clock
      when staged.bucket_end > staged.started_at + interval 25 hours then 'month'
      when staged.bucket_end > staged.started_at + interval 1 hour then 'day'
      when staged.bucket_end > staged.started_at + interval 1 minute then 'hour'
      when staged.bucket_end > staged.started_at + interval 1 second then 'minute'
      else 'second'
    end as bucket_width
  from staging.staged
  inner join clocks on clocks.path = staged.path
  where staged.skip_reason is null
)
select
  files.import_id,
  files.source,
  -- A report of a provider tells of all keys at once; other exports may be those of one key.
  files.scope || coalesce(' report ' || staged.report, ' key ' || staged.access_key, '') as scope,
  staged.statement_kind as kind,
  staged.started_at as bucket_start,
  case
    when staged.bucket_end is not null then staged.bucket_end
    when staged.is_zoned then staged.started_at + span_of(staged.bucket_width)
    else utc_of(staged.wall + span_of(staged.bucket_width), files.source_tz)
  end as bucket_end,
  staged.bucket_width,
  staged.provider,
  staged.host,
  staged.account,
  staged.model,
  staged.access_key,
  staged.project,
  staged."user",
  sum(staged.requests)::bigint as requests,
  sum(staged.failed_requests)::bigint as failed_requests,
  case when not bool_or(is_mismatch) then sum(staged.input_tokens)::bigint end as input_tokens,
  case when not bool_or(is_mismatch) then sum(staged.cache_read_tokens)::bigint end as cache_read_tokens,
  case when not bool_or(is_mismatch) then sum(staged.cache_write_5m_tokens)::bigint end as cache_write_5m_tokens,
  case when not bool_or(is_mismatch) then sum(staged.cache_write_1h_tokens)::bigint end as cache_write_1h_tokens,
  case when not bool_or(is_mismatch) then sum(staged.output_tokens)::bigint end as output_tokens,
  case when not bool_or(is_mismatch) then sum(staged.reasoning_tokens)::bigint end as reasoning_tokens,
  case
    when bool_or(is_mismatch) then sum(coalesce(staged.reported_total_tokens, staged.input_tokens + staged.output_tokens))
    else sum(staged.reported_total_tokens)
  end::bigint as reported_total_tokens,
  sum(staged.reported_cost_usd) as reported_cost_usd,
  max(staged.reported_cost_kind) as reported_cost_kind,
  staged.service_tier,
  staged.report,
  count(*) as records
from buckets as staged
inner join read_files as files on files.path = staged.path
group by all;

-- name: statement_outcomes
-- One row per staged bucket: whether it is new, the same as the stored one, or replaces it. Of a bucket that several
-- files of one import bring, the last counts.
create temp table statement_outcomes as
with stored as (
  select statements.*
  from statements
  semi join staged_statements using (scope, kind, bucket_start, bucket_width)
  qualify import_id = max(import_id) over (partition by scope, kind, bucket_start, bucket_width)
),
stored_buckets as (
  select distinct
    scope,
    kind,
    bucket_start,
    bucket_width,
    true as is_stored
  from stored
),
different as (
  select * exclude (is_staged)
  from (
    select
      * exclude (import_id, records),
      true as is_staged
    from staged_statements
    union all by name
    select
      * exclude (import_id),
      false as is_staged
    from stored
  )
  group by all
  having bool_and(is_staged) or not bool_or(is_staged)
),
changed_buckets as (
  select distinct
    scope,
    kind,
    bucket_start,
    bucket_width,
    true as is_changed
  from different
)
select
  import_id,
  scope,
  kind,
  bucket_start,
  bucket_width,
  sum(records)::bigint as records,
  case
    when import_id < max(import_id) over (partition by scope, kind, bucket_start, bucket_width) then 'repeat'
    when bool_and(is_stored is null) then 'new'
    when bool_or(is_changed is not null) then 'replaced'
    else 'already_stored'
  end as outcome
from staged_statements
left join stored_buckets using (scope, kind, bucket_start, bucket_width)
left join changed_buckets using (scope, kind, bucket_start, bucket_width)
group by import_id, scope, kind, bucket_start, bucket_width;

-- name: shrunk_buckets
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
  semi join last_files using (import_id, scope, kind, bucket_start, bucket_width)
),
before as (
  select staged_statements.* exclude (records)
  from staged_statements
  anti join last_files using (import_id, scope, kind, bucket_start, bucket_width)
  union all by name
  select statements.*
  from statements
  semi join last_files using (scope, kind, bucket_start, bucket_width)
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
  inner join sums_now using (scope, kind, bucket_start, bucket_width)
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
inner join last_files using (scope, kind, bucket_start, bucket_width)
inner join read_files as files on files.import_id = last_files.import_id
group by files.name
order by files.name;

-- name: store_statements
-- Keep the buckets that say something new.
insert into statements by name
with fresh as (
  select *
  from statement_outcomes
  where outcome in ('new', 'replaced')
)
select staged_statements.* exclude (records)
from staged_statements
semi join fresh using (import_id, scope, kind, bucket_start, bucket_width)
order by staged_statements.bucket_start;
