-- One row per record of a mapped CSV or JSON file. Cached tokens are part of the input, reasoning of the output.
-- Nearly all cells are plain whole numbers and ISO times. The patterns for the others are planned once, over lists, and run
-- only for records that have such cells. Macros are not nested, because DuckDB writes their arguments out each time.
with raw as (
  select *
  from cells(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
filled_cells as (
  select
    path,
    bytes,
    problem,
    {
      'started_at': started_at,
      'model': model,
      'status': status,
      'input_tokens': input_tokens,
      'cache_read_tokens': cache_read_tokens,
      'output_tokens': output_tokens,
      'total_tokens': total_tokens,
      'cost_usd': cost_usd,
      'upstream_id': upstream_id,
      'access_key': access_key
    } as raw,
    filled(columns('^(started|ended)_at$')) as '\0',
    filled(columns('^(upstream_id|provider|host|account|model|requested_model|operation|access_key|project|user)$')) as '\0',
    filled(columns('^(session|status|http_status|error_type|service_tier|stream|cache_hit|cost_usd|currency)$')) as '\0',
    filled(columns('^(requests|failed_requests|[a-z0-9_]+_tokens)$')) as '\0',
    filled(columns('^(duration|ttft)_m?s$')) as '\0'
  from raw
),
shapes as (
  select
    *,
    $time_format is null
    and regexp_full_match(started_at, '\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:[0-5]\d(\.\d{1,6})?Z?') as is_iso,
    $time_format is null
    and regexp_full_match(ended_at, '\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:[0-5]\d(\.\d{1,6})?Z?') as is_ended_iso,
    coalesce(http_status, status) as code_cell,
    integer_of(columns('^(requests|failed_requests|[a-z0-9_]+_tokens)$')) as '\0_integer',
    integer_of(columns('^(duration|ttft)_m?s$')) as '\0_integer',
    dollars(cost_usd) as cost_cell
  from filled_cells
),
odd_cells as (
  select
    *,
    case
      when is_iso and (is_ended_iso or ended_at is null) then null
      else list_transform(
        list_transform(
          [started_at, ended_at],
          lambda cell: case when $time_format is null then tidy_time(cell, $date_order) else cell end
        ),
        lambda cell: {
          'wall': wall_time(cell, $time_format),
          'is_zoned': is_zoned(cell, $time_format),
          'east': offset_of(cell),
          'is_date': is_date(cell, $time_format),
          'is_month': is_month(cell, $time_format)
        }
      )
    end as times,
    case
      when
        requests is not distinct from requests_integer::varchar
        and failed_requests is not distinct from failed_requests_integer::varchar
        and input_tokens is not distinct from input_tokens_integer::varchar
        and cache_read_tokens is not distinct from cache_read_tokens_integer::varchar
        and cache_write_5m_tokens is not distinct from cache_write_5m_tokens_integer::varchar
        and cache_write_1h_tokens is not distinct from cache_write_1h_tokens_integer::varchar
        and output_tokens is not distinct from output_tokens_integer::varchar
        and reasoning_tokens is not distinct from reasoning_tokens_integer::varchar
        and total_tokens is not distinct from total_tokens_integer::varchar
        then null
      else list_transform(
        [
          requests,
          failed_requests,
          input_tokens,
          cache_read_tokens,
          cache_write_5m_tokens,
          cache_write_1h_tokens,
          output_tokens,
          reasoning_tokens,
          total_tokens
        ],
        lambda cell, place: whole(plain_number(cell, $decimals[place], $doubtful['counts']))
      )
    end as counts,
    case
      when
        duration_ms is not distinct from duration_ms_integer::varchar
        and duration_s is not distinct from duration_s_integer::varchar
        and ttft_ms is not distinct from ttft_ms_integer::varchar
        and ttft_s is not distinct from ttft_s_integer::varchar
        then null
      else list_transform(
        [duration_ms, duration_s, ttft_ms, ttft_s],
        lambda cell, place: {
          'number': try_cast(plain_number(cell, $decimals[place + 9], $doubtful['amounts']) as double),
          'is_doubtful': $decimals[place + 9] is null and regexp_full_match(cell, $doubtful['amounts'])
        }
      )
    end as durations,
    amount(plain_number(cost_cell, $decimals[14], $doubtful['amounts'])) as cost,
    plain_number(cost_cell, $decimals[14], $doubtful['amounts']) is not null as is_cost_number,
    lower(status) as status_word,
    case when code_cell < 'A' then whole(code_cell) end as code,
    is_unique_id(upstream_id) as has_unique_id,
    coalesce(
      $constants['host'],
      host_of(host),
      case when regexp_full_match(host, '[A-Za-z0-9.\-]+(:\d+)?') then lower(host) end
    ) as answered_by
  from shapes
),
numbers as (
  select
    *,
    case when is_iso then try_cast(started_at as timestamp) else times[1].wall end as wall,
    case when is_iso then ends_with(started_at, 'Z') else times[1].is_zoned end as is_zoned,
    case when is_ended_iso then try_cast(ended_at as timestamp) else times[2].wall end as ended_clock,
    case
      -- A span of whole days may end a moment before midnight, or be told by its first and last day.
      when ended_clock is null or wall <> date_trunc('day', wall) then ended_clock
      when ended_clock > wall + interval 23 hours and ended_clock::time >= time '23:59:00'
        then date_trunc('day', ended_clock) + interval 1 day
      when times[1].is_date and times[2].is_date and day(wall) = 1 and ended_clock = last_day(ended_clock)
        then ended_clock + interval 1 day
      else ended_clock
    end as ended_wall,
    ended_clock is not null
    and wall = date_trunc('day', wall)
    and ended_wall = date_trunc('day', ended_wall)
    and ended_wall > wall as is_of_days,
    case when is_ended_iso then ends_with(ended_at, 'Z') else times[2].is_zoned end as is_ended_zoned,
    case when not is_zoned and $source_tz <> 'UTC' then wall at time zone $source_tz at time zone 'UTC' end as later,
    case when not is_ended_zoned and $source_tz <> 'UTC' then ended_wall at time zone $source_tz at time zone 'UTC' end
      as ended_later,
    case when counts is null then requests_integer else counts[1] end as requests_count,
    case when counts is null then failed_requests_integer else counts[2] end as failed_requests_count,
    case when counts is null then input_tokens_integer else counts[3] end as input_tokens_count,
    case when counts is null then cache_read_tokens_integer else counts[4] end as cache_read_tokens_count,
    case when counts is null then cache_write_5m_tokens_integer else counts[5] end as cache_write_5m_tokens_count,
    case when counts is null then cache_write_1h_tokens_integer else counts[6] end as cache_write_1h_tokens_count,
    case when counts is null then output_tokens_integer else counts[7] end as output_tokens_count,
    case when counts is null then reasoning_tokens_integer else counts[8] end as reasoning_tokens_count,
    case when counts is null then total_tokens_integer else counts[9] end as total_tokens_count,
    milliseconds(
      case
        when durations is null then coalesce(duration_ms_integer::double, duration_s_integer::double * 1000)
        else coalesce(durations[1].number, durations[2].number * 1000)
      end
    ) as duration,
    milliseconds(
      case
        when durations is null then coalesce(ttft_ms_integer::double, ttft_s_integer::double * 1000)
        else coalesce(durations[3].number, durations[4].number * 1000)
      end
    ) as first_token,
    coalesce($constants['provider'], provider, provider_of(answered_by), $constants['default_provider']) as answerer,
    case
      when
        regexp_full_match(
          status_word, 'ok|success|succeeded|successful|completed|complete|done|true|stop|成功|正常|完成'
        )
        then 'ok'
      when
        regexp_full_match(
          status_word,
          'error|fail|failed|failure|false|timeout|cancelled|canceled|rejected|失败|错误|异常|超时'
        )
        then 'error'
      when code between 200 and 399 then 'ok'
      when code between 400 and 599 then 'error'
    end as outcome
  from odd_cells
),
instants as (
  select
    *,
    coalesce(cache_read_tokens_count, 0)
    + coalesce(cache_write_5m_tokens_count, 0)
    + coalesce(cache_write_1h_tokens_count, 0) as cached_beside,
    -- Of an hour that the clock showed twice, the first is taken.
    not is_zoned
    and case
      when $source_tz = 'UTC' then wall <> wall
      else (later - interval 1 hour) at time zone 'UTC' at time zone $source_tz = wall
    end as is_repeated_hour,
    case
      when is_zoned and $time_format is null then case when is_iso then wall else wall - times[1].east end
      when is_zoned or $source_tz = 'UTC' then wall
      when (later - interval 1 hour) at time zone 'UTC' at time zone $source_tz = wall then later - interval 1 hour
      when (later - interval 30 minutes) at time zone 'UTC' at time zone $source_tz = wall
        then later - interval 30 minutes
      else later
    end as started,
    case
      when is_ended_zoned and $time_format is null
        then case when is_ended_iso then ended_wall else ended_wall - times[2].east end
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
        concat_ws(' ', raw.started_at, raw.model, raw.upstream_id, raw.access_key),
        '^\s*(grand )?(total|sum|subtotal|合计|总计|小计)',
        'i'
      )
      then 'not a request: a total'
    when started_at is null then 'no time'
    when started is null then 'time not understood'
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
    when cost_usd is not null and not is_dollars(currency) then 'cost_usd is in another currency or unit'
    when cost is null and cost_usd is not null then 'cost_usd is not an amount in US dollars'
    when len(list_filter(durations, lambda each: each.is_doubtful)) > 0 then 'a duration could be two numbers'
    -- A call of which is known how it ended, or how long it took, was made all the same: its usage is unknown.
    when
      coalesce(requests, input_tokens, output_tokens, total_tokens, cost_usd) is null
      and coalesce(duration, first_token) is null
      and outcome is null
      then 'not a request: no tokens, cost or number of requests'
  end as skip_reason,
  case when is_cost_number then false else is_foreign(cost_usd) end as is_foreign,
  -- Who a record without a long id is: its cells as they stand there. The access key and what else may be added to
  -- a later export are left out.
  case
    when has_unique_id then upstream_key(upstream_id, null)
    else md5(
      json_array(
        'cells', raw.started_at, raw.model, raw.status, raw.input_tokens, raw.cache_read_tokens, raw.output_tokens,
        raw.total_tokens, raw.cost_usd, raw.upstream_id
      )::varchar
    )::uuid
  end as request_key,
  not coalesce(has_unique_id, false) as is_by_cells,
  upstream_id,
  started as started_at,
  wall,
  is_zoned,
  coalesce(is_of_days, false) or case when is_iso then false else times[1].is_date end as is_date,
  case when is_iso then false else times[1].is_month end as is_month,
  is_repeated_hour,
  coalesce(ended, started + to_milliseconds(duration)) as ended_at,
  answerer as provider,
  coalesce(answered_by, case when answerer = 'instagen' then instagen_host() end) as host,
  coalesce($constants['account'], account) as account,
  coalesce($constants['model'], model) as model,
  requested_model,
  coalesce($constants['operation'], operation) as operation,
  coalesce($constants['access_key'], access_key) as access_key,
  coalesce($constants['project'], project) as project,
  coalesce($constants['user'], "user") as "user",
  coalesce($constants['session'], session) as session,
  outcome as status,
  case when code between 100 and 599 then code end as http_status,
  case when regexp_full_match(error_type, '\S{1,80}') then error_type end as error_type,
  try_cast(stream as boolean) as stream,
  -- What was answered from a cache of prompts only is paid for: then it is no hit.
  case
    when lower(cache_hit) = 'miss' or try_cast(cache_hit as boolean) = false then false
    when cost = 0 and (lower(cache_hit) = 'hit' or try_cast(cache_hit as boolean)) then true
  end as cache_hit,
  service_tier,
  requests_count as requests,
  failed_requests_count as failed_requests,
  case
    -- What was read from a cache or written to one stands beside the input where only so the total comes out.
    when
      input_tokens_count + output_tokens_count <> total_tokens_count
      and input_tokens_count + output_tokens_count + cached_beside = total_tokens_count
      then input_tokens_count + cached_beside
    else input_tokens_count
  end as input_tokens,
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
from instants
