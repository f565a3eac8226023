-- One row per text, with the mapped fields as they stand there. `fields` has the JSON pointers of those that are mapped,
-- and for every field its place among them, or 0.
create or replace temp macro cells(paths, fields, mark, heading_lines, buffer) as table
with found as (
  select
    path,
    text,
    bytes,
    try(json_extract_string(text, fields['pointers'])) as cell
  from texts(paths, null, mark, heading_lines, buffer)
)
select
  path,
  bytes,
  case
    when cell[fields['started_at']] is not null then null
    when text is null or trim(text) = '' then 'blank'
    when cell is null and not json_valid(text) then json_problem(text)
    when cell is null or (cell[fields['started_at']] is null and json_type(text) <> 'OBJECT') then 'not a JSON object'
  end as problem,
  cell[fields['started_at']] as started_at,
  cell[fields['ended_at']] as ended_at,
  cell[fields['upstream_id']] as upstream_id,
  cell[fields['provider']] as provider,
  cell[fields['host']] as host,
  cell[fields['account']] as account,
  cell[fields['model']] as model,
  cell[fields['requested_model']] as requested_model,
  cell[fields['operation']] as operation,
  cell[fields['access_key']] as access_key,
  cell[fields['project']] as project,
  cell[fields['user']] as "user",
  cell[fields['session']] as session,
  cell[fields['status']] as status,
  cell[fields['http_status']] as http_status,
  cell[fields['error_type']] as error_type,
  cell[fields['service_tier']] as service_tier,
  cell[fields['stream']] as stream,
  cell[fields['cache_hit']] as cache_hit,
  cell[fields['requests']] as requests,
  cell[fields['failed_requests']] as failed_requests,
  cell[fields['input_tokens']] as input_tokens,
  cell[fields['cache_read_tokens']] as cache_read_tokens,
  cell[fields['cache_write_5m_tokens']] as cache_write_5m_tokens,
  cell[fields['cache_write_1h_tokens']] as cache_write_1h_tokens,
  cell[fields['output_tokens']] as output_tokens,
  cell[fields['reasoning_tokens']] as reasoning_tokens,
  cell[fields['total_tokens']] as total_tokens,
  cell[fields['duration_ms']] as duration_ms,
  cell[fields['duration_s']] as duration_s,
  cell[fields['ttft_ms']] as ttft_ms,
  cell[fields['ttft_s']] as ttft_s,
  cell[fields['cost_usd']] as cost_usd,
  cell[fields['currency']] as currency
from found;
