-- One row per bucket and dimensions of the staged statement files; equal dimensions within a file are summed. How wide
-- the buckets of a mapped file are, its times say together.
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
  inner join files on files.path = staged.path and files.is_statement
  where skip_reason is null
  group by staged.path
),
buckets as (
  select
    staged.*,
    coalesce(staged.kind, clocks.kind) as statement_kind,
    case
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
  sum(staged.input_tokens)::bigint as input_tokens,
  sum(staged.cache_read_tokens)::bigint as cache_read_tokens,
  sum(staged.cache_write_5m_tokens)::bigint as cache_write_5m_tokens,
  sum(staged.cache_write_1h_tokens)::bigint as cache_write_1h_tokens,
  sum(staged.output_tokens)::bigint as output_tokens,
  sum(staged.reasoning_tokens)::bigint as reasoning_tokens,
  sum(staged.reported_total_tokens)::bigint as reported_total_tokens,
  sum(staged.reported_cost_usd) as reported_cost_usd,
  max(staged.reported_cost_kind) as reported_cost_kind,
  staged.service_tier,
  staged.report,
  count(*) as records
from buckets as staged
inner join files on files.path = staged.path
group by all;
