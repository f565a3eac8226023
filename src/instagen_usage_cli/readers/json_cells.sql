-- One row per text, with the mapped fields as they stand there. `fields` holds one JSON pointer per field, in the
-- order of the fields below.
create or replace temp macro cells(paths, fields, mark, heading_lines, buffer) as table
with found as (
  select
    path,
    text,
    bytes,
    try(json_extract_string(text, fields)) as cell
  from texts(paths, null, mark, heading_lines, buffer)
)
select
  path,
  bytes,
  case
    when cell[1] is not null then null
    when text is null or trim(text) = '' then 'blank'
    when cell is null and not json_valid(text) then 'not valid JSON'
    when cell is null or (cell[1] is null and json_type(text) <> 'OBJECT') then 'not a JSON object'
  end as problem,
  cell[1] as started_at,
  cell[2] as ended_at,
  cell[3] as upstream_id,
  cell[4] as provider,
  cell[5] as host,
  cell[6] as account,
  cell[7] as model,
  cell[8] as requested_model,
  cell[9] as operation,
  cell[10] as access_key,
  cell[11] as project,
  cell[12] as "user",
  cell[13] as session,
  cell[14] as status,
  cell[15] as http_status,
  cell[16] as error_type,
  cell[17] as service_tier,
  cell[18] as stream,
  cell[19] as requests,
  cell[20] as failed_requests,
  cell[21] as input_tokens,
  cell[22] as cache_read_tokens,
  cell[23] as cache_write_5m_tokens,
  cell[24] as cache_write_1h_tokens,
  cell[25] as output_tokens,
  cell[26] as reasoning_tokens,
  cell[27] as total_tokens,
  cell[28] as duration_ms,
  cell[29] as duration_s,
  cell[30] as ttft_ms,
  cell[31] as ttft_s,
  cell[32] as cost_usd
from found;
