-- One row per record of a mapped CSV or JSON file. Cached tokens are part of the input, reasoning of the output.
-- Each step reads a cell a little further; macros are not nested, because DuckDB writes their arguments out each time.
with raw as (
  select *
  from cells(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
filled_cells as (
  select
    started_at as raw_started_at,
    model as raw_model,
    status as raw_status,
    input_tokens as raw_input_tokens,
    cache_read_tokens as raw_cache_read_tokens,
    output_tokens as raw_output_tokens,
    total_tokens as raw_total_tokens,
    cost_usd as raw_cost_usd,
    upstream_id as raw_upstream_id,
    access_key as raw_access_key,
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
-- Nearly all cells are plain whole numbers and ISO times: what they are is found without the patterns for the others.
shapes as (
  select
    *,
    $time_format is null
    and regexp_full_match(started_at, '\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z?') as is_iso,
    $time_format is null
    and regexp_full_match(ended_at, '\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z?') as is_ended_iso,
    coalesce(http_status, status) as code_cell,
    integer_of(requests) as requests_integer,
    integer_of(failed_requests) as failed_requests_integer,
    integer_of(input_tokens) as input_tokens_integer,
    integer_of(cache_read_tokens) as cache_read_tokens_integer,
    integer_of(cache_write_5m_tokens) as cache_write_5m_tokens_integer,
    integer_of(cache_write_1h_tokens) as cache_write_1h_tokens_integer,
    integer_of(output_tokens) as output_tokens_integer,
    integer_of(reasoning_tokens) as reasoning_tokens_integer,
    integer_of(total_tokens) as total_tokens_integer,
    integer_of(duration_ms) as duration_ms_integer,
    integer_of(duration_s) as duration_s_integer,
    integer_of(ttft_ms) as ttft_ms_integer,
    integer_of(ttft_s) as ttft_s_integer,
    dollars(cost_usd) as cost_cell
  from filled_cells
),
plain as (
  select
    *,
    case when is_iso then try_cast(started_at as timestamp) else wall_time(started_at, $time_format) end as wall,
    case when is_ended_iso then try_cast(ended_at as timestamp) else wall_time(ended_at, $time_format) end
      as ended_wall,
    case when is_iso then ends_with(started_at, 'Z') else is_zoned(started_at, $time_format) end as is_zoned,
    case when is_ended_iso then ends_with(ended_at, 'Z') else is_zoned(ended_at, $time_format) end as is_ended_zoned,
    case when is_iso then interval 0 minutes else offset_of(started_at) end as started_offset,
    case when is_ended_iso then interval 0 minutes else offset_of(ended_at) end as ended_offset,
    lower(status) as said_status,
    case when code_cell < 'A' then whole(code_cell) end as code,
    is_unique_id(upstream_id) as has_unique_id,
    coalesce(
      $constants['host'],
      host_of(host),
      case when regexp_full_match(host, '[A-Za-z0-9.\-]+(:\d+)?') then lower(host) end
    ) as answered_by,
    case
      when requests_integer::varchar is distinct from requests then plain_number(requests, $decimal, ',')
    end as requests_number,
    case
      when failed_requests_integer::varchar is distinct from failed_requests then plain_number(failed_requests, $decimal, ',')
    end as failed_requests_number,
    case
      when input_tokens_integer::varchar is distinct from input_tokens then plain_number(input_tokens, $decimal, ',')
    end as input_tokens_number,
    case
      when cache_read_tokens_integer::varchar is distinct from cache_read_tokens then plain_number(cache_read_tokens, $decimal, ',')
    end as cache_read_tokens_number,
    case
      when cache_write_5m_tokens_integer::varchar is distinct from cache_write_5m_tokens then plain_number(cache_write_5m_tokens, $decimal, ',')
    end as cache_write_5m_tokens_number,
    case
      when cache_write_1h_tokens_integer::varchar is distinct from cache_write_1h_tokens then plain_number(cache_write_1h_tokens, $decimal, ',')
    end as cache_write_1h_tokens_number,
    case
      when output_tokens_integer::varchar is distinct from output_tokens then plain_number(output_tokens, $decimal, ',')
    end as output_tokens_number,
    case
      when reasoning_tokens_integer::varchar is distinct from reasoning_tokens then plain_number(reasoning_tokens, $decimal, ',')
    end as reasoning_tokens_number,
    case
      when total_tokens_integer::varchar is distinct from total_tokens then plain_number(total_tokens, $decimal, ',')
    end as total_tokens_number,
    case
      when duration_ms_integer::varchar = duration_ms then duration_ms_integer::double
      else try_cast(plain_number(duration_ms, $decimal, ',') as double)
    end as duration_ms_number,
    case
      when duration_s_integer::varchar = duration_s then duration_s_integer::double
      else try_cast(plain_number(duration_s, $decimal, ',') as double)
    end as duration_s_number,
    case
      when ttft_ms_integer::varchar = ttft_ms then ttft_ms_integer::double
      else try_cast(plain_number(ttft_ms, $decimal, ',') as double)
    end as ttft_ms_number,
    case
      when ttft_s_integer::varchar = ttft_s then ttft_s_integer::double
      else try_cast(plain_number(ttft_s, $decimal, ',') as double)
    end as ttft_s_number,
    plain_number(cost_cell, $decimal, $delimiter) as cost_number
  from shapes
),
numbers as (
  select
    *,
    case when not is_zoned and $source_tz <> 'UTC' then wall at time zone $source_tz at time zone 'UTC' end as later,
    case when not is_ended_zoned and $source_tz <> 'UTC' then ended_wall at time zone $source_tz at time zone 'UTC' end
      as ended_later,
    case
      when requests_integer::varchar = requests
        then case when requests_integer between 0 and 9000000000000000 then requests_integer end
      else whole(requests_number)
    end as requests_count,
    case
      when failed_requests_integer::varchar = failed_requests
        then case when failed_requests_integer between 0 and 9000000000000000 then failed_requests_integer end
      else whole(failed_requests_number)
    end as failed_requests_count,
    case
      when input_tokens_integer::varchar = input_tokens
        then case when input_tokens_integer between 0 and 9000000000000000 then input_tokens_integer end
      else whole(input_tokens_number)
    end as input_tokens_count,
    case
      when cache_read_tokens_integer::varchar = cache_read_tokens
        then case when cache_read_tokens_integer between 0 and 9000000000000000 then cache_read_tokens_integer end
      else whole(cache_read_tokens_number)
    end as cache_read_tokens_count,
    case
      when cache_write_5m_tokens_integer::varchar = cache_write_5m_tokens
        then case when cache_write_5m_tokens_integer between 0 and 9000000000000000 then cache_write_5m_tokens_integer end
      else whole(cache_write_5m_tokens_number)
    end as cache_write_5m_tokens_count,
    case
      when cache_write_1h_tokens_integer::varchar = cache_write_1h_tokens
        then case when cache_write_1h_tokens_integer between 0 and 9000000000000000 then cache_write_1h_tokens_integer end
      else whole(cache_write_1h_tokens_number)
    end as cache_write_1h_tokens_count,
    case
      when output_tokens_integer::varchar = output_tokens
        then case when output_tokens_integer between 0 and 9000000000000000 then output_tokens_integer end
      else whole(output_tokens_number)
    end as output_tokens_count,
    case
      when reasoning_tokens_integer::varchar = reasoning_tokens
        then case when reasoning_tokens_integer between 0 and 9000000000000000 then reasoning_tokens_integer end
      else whole(reasoning_tokens_number)
    end as reasoning_tokens_count,
    case
      when total_tokens_integer::varchar = total_tokens
        then case when total_tokens_integer between 0 and 9000000000000000 then total_tokens_integer end
      else whole(total_tokens_number)
    end as total_tokens_count,
    amount(cost_number) as cost,
    milliseconds(coalesce(duration_ms_number, duration_s_number * 1000)) as duration,
    milliseconds(coalesce(ttft_ms_number, ttft_s_number * 1000)) as first_token,
    coalesce($constants['provider'], provider, provider_of(answered_by), $constants['default_provider']) as answerer,
    case
      when
        regexp_full_match(
          said_status, 'ok|success|succeeded|successful|completed|complete|done|true|stop|成功|正常|完成'
        )
        then 'ok'
      when
        regexp_full_match(
          said_status,
          'error|fail|failed|failure|false|timeout|cancelled|canceled|rejected|失败|错误|异常|超时'
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
    not is_zoned
    and case
      when $source_tz = 'UTC' then wall <> wall
      else (later - interval 1 hour) at time zone 'UTC' at time zone $source_tz = wall
    end as is_repeated_hour,
    case
      when is_zoned and $time_format is null then wall - started_offset
      when is_zoned or $source_tz = 'UTC' then wall
      when (later - interval 1 hour) at time zone 'UTC' at time zone $source_tz = wall then later - interval 1 hour
      when (later - interval 30 minutes) at time zone 'UTC' at time zone $source_tz = wall
        then later - interval 30 minutes
      else later
    end as started,
    case
      when is_ended_zoned and $time_format is null then ended_wall - ended_offset
      when is_ended_zoned or $source_tz = 'UTC' then ended_wall
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
    when
      started is null
      and regexp_matches(
        concat_ws(' ', raw_started_at, raw_model, raw_upstream_id, raw_access_key),
        '^\s*(grand )?(total|sum|subtotal|合计|总计|小计)',
        'i'
      )
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
  case when cost_number is not null then false else is_foreign(cost_usd) end as is_foreign,
  -- Who a record without a long id is: its cells as they stand there. The access key and what else may be added to
  -- a later export are left out.
  case
    when has_unique_id then upstream_key(upstream_id, null)
    else md5(
      json_array(
        'cells', raw_started_at, raw_model, raw_status, raw_input_tokens, raw_cache_read_tokens, raw_output_tokens,
        raw_total_tokens, raw_cost_usd, raw_upstream_id
      )::varchar
    )::uuid
  end as request_key,
  not coalesce(has_unique_id, false) as is_by_cells,
  upstream_id,
  started as started_at,
  wall,
  is_zoned,
  case when is_iso then false else is_date(started_at) end as is_date,
  case when is_iso then false else is_month(started_at) end as is_month,
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
