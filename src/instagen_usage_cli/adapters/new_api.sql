-- One row per entry of new-api's usage log. Its time is the end of the call, in whole seconds like its duration. What
-- else is known of a call stands in `other`, a JSON text. The quota is what the gateway took, in its own unit. A client's
-- request that fails on one channel and is tried on the next has an error each time, all under one request id: every
-- try is a request. What is settled or given back later (of tasks that run for long) names no request it belongs to.
with entries as (
  select
    path,
    text,
    bytes,
    unnest(
      try(
        json_transform(
          text,
          '{
            "created_at": "VARCHAR", "type": "VARCHAR", "request_id": "VARCHAR", "upstream_request_id": "VARCHAR",
            "username": "VARCHAR", "token_name": "VARCHAR", "token_id": "VARCHAR", "group": "VARCHAR",
            "model_name": "VARCHAR", "quota": "VARCHAR", "prompt_tokens": "VARCHAR", "completion_tokens": "VARCHAR",
            "use_time": "VARCHAR", "is_stream": "VARCHAR", "other": "VARCHAR", "success": "VARCHAR"
          }'
        )
      )
    )
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
described as (
  select
    *,
    try(
      json_transform(
        nullif(other, ''),
        '{
          "frt": "VARCHAR", "usage_semantic": "VARCHAR", "claude": "VARCHAR", "cache_tokens": "VARCHAR",
          "cache_creation_tokens": "VARCHAR", "cache_creation_tokens_5m": "VARCHAR",
          "cache_creation_tokens_1h": "VARCHAR", "is_model_mapped": "VARCHAR", "upstream_model_name": "VARCHAR",
          "status_code": "VARCHAR", "error_code": "VARCHAR", "error_type": "VARCHAR", "billing_source": "VARCHAR",
          "task_id": "VARCHAR", "actual_quota": "VARCHAR", "violation_fee": "VARCHAR",
          "stream_status": {"status": "VARCHAR", "end_reason": "VARCHAR"}
        }'
      )
    ) as said
  from entries
),
counted as (
  select
    *,
    whole("type") as kind,
    whole(created_at) as second,
    whole(use_time) as seconds,
    whole(prompt_tokens) as prompted,
    whole(completion_tokens) as completed,
    case when quota[:1] = '-' then -whole(quota[2:]) else whole(quota) end as charge,
    whole(said.cache_tokens) as cache_read,
    whole(said.cache_creation_tokens_1h) as written_1h,
    -- The whole of what was written to the cache, of which the split may tell only a part.
    greatest(
      whole(said.cache_creation_tokens),
      coalesce(whole(said.cache_creation_tokens_5m), 0) + whole(said.cache_creation_tokens_1h),
      whole(said.cache_creation_tokens_5m)
    ) as written,
    nullif(request_id, '') as gateway_id,
    -- The header that it comes from mostly holds a number of the provider's own, not the id of its answer.
    case
      when regexp_matches(upstream_request_id, '^(chatcmpl|cmpl|resp|gen|msg)[-_]') and is_unique_id(upstream_request_id)
        then upstream_request_id
    end as answer_id,
    case when said.is_model_mapped = 'true' then nullif(said.upstream_model_name, '') end as mapped_model,
    case
      when whole("type") = 5 then coalesce(nullif(said.error_code, ''), said.error_type, '')
      when said.violation_fee = 'true' then 'violation_fee'
      when said.stream_status.status = 'error' then coalesce(said.stream_status.end_reason, '')
    end as failure,
    coalesce(said.billing_source = 'subscription', false) as is_subscribed,
    (coalesce($constants['quota_per_unit'], '500000')::decimal(12, 2) * 100)::bigint as hundredths_per_dollar
  from described
),
read as (
  select
    *,
    epoch_or_utc(second::varchar) as ended,
    coalesce(prompted, 0) + coalesce(completed, 0) + coalesce(cache_read, 0) + coalesce(written, 0) > 0 as is_metered,
    -- More read from the cache than was sent cannot be a part of it.
    coalesce(said.usage_semantic = 'anthropic' or said.claude = 'true' or cache_read > prompted, false) as is_exclusive,
    case when charge > 0 and not is_subscribed then charge * 100 end as hundredths
  from counted
),
charged as (
  select
    *,
    case when seconds > 0 or is_metered then milliseconds(seconds * 1000) end as duration,
    -- Dollars, and what is left over by long division to 12 digits, halves up: decimals would divide as doubles.
    hundredths // hundredths_per_dollar as whole_dollars,
    hundredths % hundredths_per_dollar * 1000000 as rest
  from read
),
priced as (
  select
    *,
    whole_dollars
    + (
      rest // hundredths_per_dollar * 1000000
      + (rest % hundredths_per_dollar * 1000000 + hundredths_per_dollar // 2) // hundredths_per_dollar
    ) * 0.000000000001 as cost
  from charged
)
select
  path,
  bytes,
  case
    when created_at is null and "type" is null and text_problem(text) is not null then text_problem(text)
    when created_at is null and "type" is null and success = 'false' then 'an error of the API instead of a page'
    when created_at is null and "type" is null and success = 'true' then 'not a request: an empty page'
    when kind is null then 'type is not a whole number'
    when kind = 1 then 'not a request: a top-up'
    when kind = 3 then 'not a request: an act of the management'
    when kind = 4 then 'not a request: a notice of the system'
    when kind = 6 then 'not a request: a refund'
    when kind = 7 then 'not a request: a login'
    when kind not in (2, 5) then 'not a request: an entry of another type'
    when said.task_id is not null and said.actual_quota is not null then 'not a request: a task settled later'
    when charge < 0 and not is_metered then 'not a request: a correction'
    when ended is null then 'no time'
    when prompted is null and prompt_tokens is not null then 'prompt_tokens is not a whole number'
    when completed is null and completion_tokens is not null then 'completion_tokens is not a whole number'
    when charge is null and quota is not null then 'quota is not a whole number'
  end as skip_reason,
  case
    when kind = 2 and answer_id is not null then upstream_key(answer_id, null)
    when kind = 2 and is_unique_id(gateway_id) then own_key('new-api', null, gateway_id, null)
    when kind = 2 and gateway_id is not null then own_key('new-api', null, gateway_id, second::varchar)
    else
      md5(
        json_array(
          'new-api', kind, gateway_id, second, whole(token_id), model_name, prompted, completed, charge
        )::varchar
      )::uuid
  end as request_key,
  kind <> 2 or (answer_id is null and gateway_id is null) as is_by_cells,
  coalesce(answer_id, gateway_id) as upstream_id,
  ended - to_milliseconds(coalesce(duration, 0)) as started_at,
  ended as ended_at,
  $constants['provider'] as provider,
  $constants['host'] as host,
  $constants['account'] as account,
  coalesce($constants['model'], mapped_model, nullif(model_name, '')) as model,
  case when mapped_model <> model_name then nullif(model_name, '') end as requested_model,
  $constants['operation'] as operation,
  coalesce($constants['access_key'], nullif(token_name, '')) as access_key,
  coalesce($constants['project'], nullif("group", '')) as project,
  coalesce($constants['user'], nullif(username, '')) as "user",
  $constants['session'] as session,
  -- A call that counted nothing and cost nothing may have failed.
  case when failure is not null then 'error' when is_metered or charge > 0 then 'ok' end as status,
  case when kind = 5 and whole(said.status_code) between 100 and 599 then whole(said.status_code) end as http_status,
  case when regexp_full_match(failure, '\S{1,80}') then failure end as error_type,
  try_cast(is_stream as boolean) as stream,
  -- A failure, and a call that is paid by the piece, has 0 and 0 where nothing was counted.
  case
    when is_metered and is_exclusive then prompted + coalesce(cache_read, 0) + coalesce(written, 0)
    when is_metered then prompted
  end as input_tokens,
  case when is_metered then cache_read end as cache_read_tokens,
  case when is_metered then written - coalesce(written_1h, 0) end as cache_write_5m_tokens,
  case when is_metered then written_1h end as cache_write_1h_tokens,
  case when is_metered then completed end as output_tokens,
  duration as duration_ms,
  case when try_cast(said.frt as double) > 0 then milliseconds(try_cast(said.frt as double)) end as ttft_ms,
  cost as reported_cost_usd,
  case when cost is not null then $constants['cost_kind'] end as reported_cost_kind
from priced
