-- The staged records that are requests, with the file and the import they come from.
create temp view staged_requests as
select
  staged.rowid as place,
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
  staged.input_tokens,
  staged.cache_read_tokens,
  staged.cache_write_5m_tokens,
  staged.cache_write_1h_tokens,
  staged.output_tokens,
  staged.reasoning_tokens,
  staged.reported_total_tokens,
  staged.tokens_estimated,
  staged.duration_ms,
  staged.ttft_ms,
  staged.reported_cost_usd,
  staged.reported_cost_kind
from staging.staged
inner join files on files.path = staged.path
where staged.skip_reason is null and not files.is_statement;
