-- One row per record of CSV files, with the mapped fields as they stand there. `fields` names every column of the
-- files in order, by field where it is mapped; fields that no column has are unknown.
create or replace temp macro cells(paths, fields, mark, heading_lines, buffer) as table
with records as (
  select
    null::varchar as started_at,
    null::varchar as ended_at,
    null::varchar as upstream_id,
    null::varchar as provider,
    null::varchar as host,
    null::varchar as account,
    null::varchar as model,
    null::varchar as requested_model,
    null::varchar as operation,
    null::varchar as access_key,
    null::varchar as project,
    null::varchar as "user",
    null::varchar as session,
    null::varchar as status,
    null::varchar as http_status,
    null::varchar as error_type,
    null::varchar as service_tier,
    null::varchar as stream,
    null::varchar as cache_hit,
    null::varchar as requests,
    null::varchar as failed_requests,
    null::varchar as input_tokens,
    null::varchar as cache_read_tokens,
    null::varchar as cache_write_5m_tokens,
    null::varchar as cache_write_1h_tokens,
    null::varchar as output_tokens,
    null::varchar as reasoning_tokens,
    null::varchar as total_tokens,
    null::varchar as duration_ms,
    null::varchar as duration_s,
    null::varchar as ttft_ms,
    null::varchar as ttft_s,
    null::varchar as cost_usd,
    null::varchar as currency
  where false
  union all by name
  select *
  from read_csv(
    paths,
    columns = fields,
    delim = mark,
    skip = heading_lines,
    header = false,
    auto_detect = false,
    quote = '"',
    escape = getvariable('escape'),
    filename = 'path',
    parallel = (not getvariable('reads_alone')),
    compression = 'none',  -- whatever its name says: it was unpacked
    store_rejects = getvariable('keep_rejects'),
    max_line_size = buffer,
    buffer_size = buffer
  )
)
select
  *,
  null::bigint as bytes,
  null::varchar as problem
from records;
