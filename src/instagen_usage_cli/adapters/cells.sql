-- One row per record of a mapped CSV or JSON file. Cached tokens are part of the input, reasoning of the output.
with read as (
  select
    *,
    instant(filled(started_at), $source_tz, $time_format) as started,
    wall_time(filled(started_at), $time_format) as wall,
    instant(filled(ended_at), $source_tz, $time_format) as ended,
    lower(filled(status)) as said_status,
    coalesce(whole(filled(http_status)), case when whole(filled(status)) between 100 and 599 then whole(filled(status)) end)
      as code,
    count_cell(filled(requests), $decimal) as request_count,
    count_cell(filled(failed_requests), $decimal) as failed_count,
    count_cell(filled(input_tokens), $decimal) as input,
    count_cell(filled(cache_read_tokens), $decimal) as cache_read,
    count_cell(filled(cache_write_5m_tokens), $decimal) as cache_write_5m,
    count_cell(filled(cache_write_1h_tokens), $decimal) as cache_write_1h,
    count_cell(filled(output_tokens), $decimal) as output,
    count_cell(filled(reasoning_tokens), $decimal) as reasoning,
    count_cell(filled(total_tokens), $decimal) as total,
    dollars_cell(filled(cost_usd), $decimal, $delimiter) as cost,
    coalesce($constants['host'], host_of(filled(host)), lower(filled(host))) as answered_by
  from cells($paths, $columns, $delimiter, $skip, $buffer)
),
named as (
  select
    *,
    coalesce($constants['provider'], filled(provider), provider_of(answered_by), $constants['default_provider']) as answerer,
    case
      when said_status in ('ok', 'success', 'succeeded', 'successful', 'completed', 'complete', 'done', 'true', 'stop', '成功', '正常', '完成')
        then 'ok'
      when
        said_status in ('error', 'fail', 'failed', 'failure', 'false', 'timeout', 'cancelled', 'canceled', 'rejected', '失败', '错误', '异常', '超时')
        then 'error'
      when code between 200 and 399 then 'ok'
      when code between 400 and 599 then 'error'
    end as outcome
  from read
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
      and regexp_matches(concat_ws(' ', started_at, model), '^\s*(grand )?(total|sum|subtotal|合计|总计|小计)', 'i')
      then 'not a request: a total'
    when filled(started_at) is null then 'no time'
    when started is null then 'time not understood'
    when request_count is null and filled(requests) is not null then 'requests is not a whole number'
    when failed_count is null and filled(failed_requests) is not null then 'failed_requests is not a whole number'
    when input is null and filled(input_tokens) is not null then 'input_tokens is not a whole number'
    when output is null and filled(output_tokens) is not null then 'output_tokens is not a whole number'
    when cache_read is null and filled(cache_read_tokens) is not null then 'cache_read_tokens is not a whole number'
    when total is null and filled(total_tokens) is not null then 'total_tokens is not a whole number'
    when cost is null and filled(cost_usd) is not null then 'cost_usd is not an amount in US dollars'
  end as skip_reason,
  is_foreign(cost_usd) as is_foreign,
  case
    when is_unique_id(filled(upstream_id)) then upstream_key(filled(upstream_id), null)
    else
      md5(
        json_array(
          'cells', started_at, ended_at, provider, host, account, model, requested_model, operation, project, "user",
          session, status, http_status, error_type, service_tier, stream, input_tokens, cache_read_tokens,
          cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens, total_tokens, duration_ms,
          duration_s, ttft_ms, ttft_s, cost_usd
        )::varchar
      )::uuid
  end as request_key,
  not coalesce(is_unique_id(filled(upstream_id)), false) as is_by_cells,
  filled(upstream_id) as upstream_id,
  started as started_at,
  wall,
  is_zoned(filled(started_at), $time_format) as is_zoned,
  is_date(filled(started_at)) as is_date,
  is_month(filled(started_at)) as is_month,
  -- The first of a repeated hour was taken where the next hour reads the same on the clock.
  not is_zoned(filled(started_at), $time_format)
  and (started + interval 1 hour) at time zone 'UTC' at time zone $source_tz = wall as is_repeated_hour,
  coalesce(ended, started + to_milliseconds(coalesce(try_cast(filled(duration_ms) as double), try_cast(filled(duration_s) as double) * 1000)))
    as ended_at,
  answerer as provider,
  coalesce(answered_by, case when answerer = 'instagen' then 'llm.submodel.ai' end) as host,
  coalesce($constants['account'], filled(account)) as account,
  coalesce($constants['model'], filled(model)) as model,
  filled(requested_model) as requested_model,
  coalesce($constants['operation'], filled(operation)) as operation,
  key_name(coalesce($constants['access_key'], filled(access_key))) as access_key,
  coalesce($constants['project'], filled(project)) as project,
  coalesce($constants['user'], filled("user")) as "user",
  coalesce($constants['session'], filled(session)) as session,
  outcome as status,
  code as http_status,
  filled(error_type) as error_type,
  try_cast(filled(stream) as boolean) as stream,
  filled(service_tier) as service_tier,
  request_count as requests,
  failed_count as failed_requests,
  input as input_tokens,
  cache_read as cache_read_tokens,
  cache_write_5m as cache_write_5m_tokens,
  cache_write_1h as cache_write_1h_tokens,
  output as output_tokens,
  reasoning as reasoning_tokens,
  total as reported_total_tokens,
  round(
    coalesce(
      try_cast(filled(duration_ms) as double),
      try_cast(filled(duration_s) as double) * 1000,
      date_diff('microsecond', started, ended) / 1000
    )
  )::bigint as duration_ms,
  round(coalesce(try_cast(filled(ttft_ms) as double), try_cast(filled(ttft_s) as double) * 1000))::bigint as ttft_ms,
  cost as reported_cost_usd,
  case when cost is not null then $constants['cost_kind'] end as reported_cost_kind
from named
