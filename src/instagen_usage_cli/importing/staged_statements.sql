-- One row per bucket and dimensions of the staged statement files; equal dimensions within a file are summed.
create temp table staged_statements as
with widths as (
  select
    staged.path,
    case
      when bool_and(is_month) then 'month'
      when bool_and(wall = date_trunc('day', wall)) then 'day'
      when bool_and(wall = date_trunc('hour', wall)) then 'hour'
      when bool_and(wall = date_trunc('minute', wall)) then 'minute'
      else 'second'
    end as bucket_width,
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
spans as (
  select
    *,
    case bucket_width
      when 'month' then interval 1 month
      when 'day' then interval 1 day
      when 'hour' then interval 1 hour
      when 'minute' then interval 1 minute
      else interval 1 second
    end as span
  from widths
)
select
  files.import_id,
  files.source,
  files.scope || coalesce(' key ' || staged.access_key, '') as scope,
  spans.kind,
  staged.started_at as bucket_start,
  case when staged.is_zoned then staged.started_at + spans.span else utc_of(staged.wall + spans.span, files.source_tz) end
    as bucket_end,
  spans.bucket_width,
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
  count(*) as records
from staging.staged
inner join files on files.path = staged.path and files.is_statement
inner join spans on spans.path = staged.path
where staged.skip_reason is null
group by all;
