-- One row per record of a mapped CSV or JSON file. Cached tokens are part of the input, reasoning of the output.
-- Each step reads a cell a little further; macros are not nested, because DuckDB writes their arguments out each time.
with raw as (
  select
    *,
    -- Who a record without a long id is: its cells as they stand there. The access key and what else may be added to
    -- a later export are left out.
    md5(
      json_array(
        'cells', started_at, model, status, input_tokens, cache_read_tokens, output_tokens, total_tokens, cost_usd,
        upstream_id
      )::varchar
    )::uuid as cells_key,
    concat_ws(' ', started_at, model, upstream_id, access_key) as label
  from cells($paths, $columns, $delimiter, $skip, $buffer)
),
filled_cells as (
  select
    * replace (
      filled(started_at) as started_at,
      filled(ended_at) as ended_at,
      filled(upstream_id) as upstream_id,
      filled(provider) as provider,
      filled(host) as host,
      filled(account) as account,
      filled(model) as model,
      filled(requested_model) as requested_model,
      filled(operation) as operation,
      filled(access_key) as access_key,
      filled(project) as project,
      filled("user") as "user",
      filled(session) as session,
      filled(status) as status,
      filled(http_status) as http_status,
      filled(error_type) as error_type,
      filled(service_tier) as service_tier,
      filled(stream) as stream,
      filled(requests) as requests,
      filled(failed_requests) as failed_requests,
      filled(input_tokens) as input_tokens,
      filled(cache_read_tokens) as cache_read_tokens,
      filled(cache_write_5m_tokens) as cache_write_5m_tokens,
      filled(cache_write_1h_tokens) as cache_write_1h_tokens,
      filled(output_tokens) as output_tokens,
      filled(reasoning_tokens) as reasoning_tokens,
      filled(total_tokens) as total_tokens,
      filled(duration_ms) as duration_ms,
      filled(duration_s) as duration_s,
      filled(ttft_ms) as ttft_ms,
      filled(ttft_s) as ttft_s,
      filled(cost_usd) as cost_usd
    )
  from raw
),
plain as (
  select
    *,
    wall_time(started_at, $time_format) as wall,
    wall_time(ended_at, $time_format) as ended_wall,
    is_zoned(started_at, $time_format) as is_zoned,
    is_zoned(ended_at, $time_format) as is_ended_zoned,
    offset_of(started_at) as started_offset,
    offset_of(ended_at) as ended_offset,
    lower(status) as said_status,
    whole(coalesce(http_status, status)) as code,
    is_unique_id(upstream_id) as has_unique_id,
    coalesce(
      $constants['host'],
      host_of(host),
      case when regexp_full_match(host, '[A-Za-z0-9.\-]+(:\d+)?') then lower(host) end
    ) as answered_by,
    plain_number(requests, $decimal, ',') as requests_number,
    plain_number(failed_requests, $decimal, ',') as failed_requests_number,
    plain_number(input_tokens, $decimal, ',') as input_tokens_number,
    plain_number(cache_read_tokens, $decimal, ',') as cache_read_tokens_number,
    plain_number(cache_write_5m_tokens, $decimal, ',') as cache_write_5m_tokens_number,
    plain_number(cache_write_1h_tokens, $decimal, ',') as cache_write_1h_tokens_number,
    plain_number(output_tokens, $decimal, ',') as output_tokens_number,
    plain_number(reasoning_tokens, $decimal, ',') as reasoning_tokens_number,
    plain_number(total_tokens, $decimal, ',') as total_tokens_number,
    plain_number(duration_ms, $decimal, ',') as duration_ms_number,
    plain_number(duration_s, $decimal, ',') as duration_s_number,
    plain_number(ttft_ms, $decimal, ',') as ttft_ms_number,
    plain_number(ttft_s, $decimal, ',') as ttft_s_number,
    plain_number(dollars(cost_usd), $decimal, $delimiter) as cost_number
  from filled_cells
),
numbers as (
  select
    *,
    wall at time zone $source_tz at time zone 'UTC' as later,
    ended_wall at time zone $source_tz at time zone 'UTC' as ended_later,
    whole(requests_number) as requests_count,
    whole(failed_requests_number) as failed_requests_count,
    whole(input_tokens_number) as input_tokens_count,
    whole(cache_read_tokens_number) as cache_read_tokens_count,
    whole(cache_write_5m_tokens_number) as cache_write_5m_tokens_count,
    whole(cache_write_1h_tokens_number) as cache_write_1h_tokens_count,
    whole(output_tokens_number) as output_tokens_count,
    whole(reasoning_tokens_number) as reasoning_tokens_count,
    whole(total_tokens_number) as total_tokens_count,
    amount(cost_number) as cost,
    milliseconds(coalesce(try_cast(duration_ms_number as double), try_cast(duration_s_number as double) * 1000))
      as duration,
    milliseconds(coalesce(try_cast(ttft_ms_number as double), try_cast(ttft_s_number as double) * 1000)) as first_token,
    coalesce($constants['provider'], provider, provider_of(answered_by), $constants['default_provider']) as answerer,
    case
      when
        said_status in (
          'ok', 'success', 'succeeded', 'successful', 'completed', 'complete', 'done', 'true', 'stop', '成功', '正常', '完成'
        )
        then 'ok'
      when
        said_status in (
          'error', 'fail', 'failed', 'failure', 'false', 'timeout', 'cancelled', 'canceled', 'rejected', '失败', '错误',
          '异常', '超时'
        )
        then 'error'
      when code between 200 and 399 then 'ok'
      when code between 400 and 599 then 'error'
    end as outcome
  from plain
),
times as (
  select
    *,
    -- Of an hour that the clock showed twice, the first is taken.
    not is_zoned and (later - interval 1 hour) at time zone 'UTC' at time zone $source_tz = wall as is_repeated_hour,
    case
      when is_zoned and $time_format is null then wall - started_offset
      when is_zoned then wall
      when (later - interval 1 hour) at time zone 'UTC' at time zone $source_tz = wall then later - interval 1 hour
      when (later - interval 30 minutes) at time zone 'UTC' at time zone $source_tz = wall
        then later - interval 30 minutes
      else later
    end as started,
    case
      when is_ended_zoned and $time_format is null then ended_wall - ended_offset
      when is_ended_zoned then ended_wall
      when (ended_later - interval 1 hour) at time zone 'UTC' at time zone $source_tz = ended_wall
        then ended_later - interval 1 hour
      else ended_later
    end as ended
  from numbers
)
select
  path,
  bytes,
  case
    when problem is not null then problem
    when
      coalesce(started_at, model, requests, input_tokens, output_tokens, total_tokens, cost_usd) is null
      then 'not a request: empty'
    when started is null and regexp_matches(label, '^\s*(grand )?(total|sum|subtotal|合计|总计|小计)', 'i')
      then 'not a request: a total'
    when started_at is null then 'no time'
    when started is null or not is_plausible(started) then 'time not understood'
    when requests_count is null and requests is not null then 'requests is not a whole number'
    when failed_requests_count is null and failed_requests is not null then 'failed_requests is not a whole number'
    when input_tokens_count is null and input_tokens is not null then 'input_tokens is not a whole number'
    when cache_read_tokens_count is null and cache_read_tokens is not null then 'cache_read_tokens is not a whole number'
    when output_tokens_count is null and output_tokens is not null then 'output_tokens is not a whole number'
    when reasoning_tokens_count is null and reasoning_tokens is not null then 'reasoning_tokens is not a whole number'
    when total_tokens_count is null and total_tokens is not null then 'total_tokens is not a whole number'
    when cache_write_5m_tokens_count is null and cache_write_5m_tokens is not null
      then 'cache_write_5m_tokens is not a whole number'
    when cache_write_1h_tokens_count is null and cache_write_1h_tokens is not null
      then 'cache_write_1h_tokens is not a whole number'
    when cost is null and cost_usd is not null then 'cost_usd is not an amount in US dollars'
  end as skip_reason,
  is_foreign(cost_usd) as is_foreign,
  case when has_unique_id then upstream_key(upstream_id, null) else cells_key end as request_key,
  not coalesce(has_unique_id, false) as is_by_cells,
  upstream_id,
  started as started_at,
  wall,
  is_zoned,
  is_date(started_at) as is_date,
  is_month(started_at) as is_month,
  is_repeated_hour,
  coalesce(ended, started + to_milliseconds(duration)) as ended_at,
  answerer as provider,
  coalesce(answered_by, case when answerer = 'instagen' then 'llm.submodel.ai' end) as host,
  coalesce($constants['account'], account) as account,
  coalesce($constants['model'], model) as model,
  requested_model,
  coalesce($constants['operation'], operation) as operation,
  key_name(coalesce($constants['access_key'], access_key)) as access_key,
  coalesce($constants['project'], project) as project,
  coalesce($constants['user'], "user") as "user",
  coalesce($constants['session'], session) as session,
  outcome as status,
  case when code between 100 and 599 then code end as http_status,
  case when regexp_full_match(error_type, '\S{1,80}') then error_type end as error_type,
  try_cast(stream as boolean) as stream,
  service_tier,
  requests_count as requests,
  failed_requests_count as failed_requests,
  input_tokens_count as input_tokens,
  cache_read_tokens_count as cache_read_tokens,
  cache_write_5m_tokens_count as cache_write_5m_tokens,
  cache_write_1h_tokens_count as cache_write_1h_tokens,
  output_tokens_count as output_tokens,
  reasoning_tokens_count as reasoning_tokens,
  total_tokens_count as reported_total_tokens,
  coalesce(duration, milliseconds(date_diff('microsecond', started, ended) / 1000)) as duration_ms,
  first_token as ttft_ms,
  cost as reported_cost_usd,
  case when cost is not null then $constants['cost_kind'] end as reported_cost_kind
from times
