-- The staged records that are requests, with the file and the import they come from. Of tokens whose parts do not add up
-- to the source's own total, nobody knows what they mean: the total is kept, unless it is 0.
create temp view staged_requests as
with records as (
  select
    rowid as place,
    *,
    coalesce(reported_total_tokens > 0 and input_tokens + output_tokens <> reported_total_tokens, false) as is_mismatch
  from staging.staged
  where skip_reason is null
)
select
  staged.place,
  files.import_id,
  files.name as path,
  files.precedence,
  staged.request_key,
  files.source,
  staged.upstream_id,
  staged.started_at,
  -- Where it follows from the duration it is not kept: it would make the file a tenth larger.
  case
    when abs(date_diff('millisecond', staged.started_at + to_milliseconds(staged.duration_ms), staged.ended_at)) <= 1
      then null
    else staged.ended_at
  end as ended_at,
  staged.provider,
  staged.host,
  staged.account,
  staged.model,
  staged.requested_model,
  staged.operation,
  staged.access_key,
  staged.project,
  staged."user",
  staged.session,
  staged.tags,
  staged.status,
  staged.http_status,
  staged.error_type,
  staged.stream,
  staged.cache_hit,
  staged.service_tier,
  case when not staged.is_mismatch then staged.input_tokens end as input_tokens,
  case when not staged.is_mismatch then staged.cache_read_tokens end as cache_read_tokens,
  case when not staged.is_mismatch then staged.cache_write_5m_tokens end as cache_write_5m_tokens,
  case when not staged.is_mismatch then staged.cache_write_1h_tokens end as cache_write_1h_tokens,
  case when not staged.is_mismatch then staged.output_tokens end as output_tokens,
  case when not staged.is_mismatch then staged.reasoning_tokens end as reasoning_tokens,
  staged.reported_total_tokens,
  staged.tokens_estimated,
  staged.duration_ms,
  staged.ttft_ms,
  staged.reported_cost_usd,
  staged.reported_cost_kind,
  case when staged.is_mismatch then true end as tokens_mismatch
from records as staged
inner join files on files.path = staged.path
where not files.is_statement;
