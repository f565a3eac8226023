-- One row per entry of one-api's log. Its time is the end of the call in whole seconds, its duration is in milliseconds
-- and missing before version 0.6.10, as are the request id and the stream. The quota is what the gateway took, in its
-- own unit. A test of a channel calls its provider too: it charges nobody, counts no tokens, says its outcome in words
-- only, and all tests of one run share a request id.
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
            "created_at": "VARCHAR", "type": "VARCHAR", "request_id": "VARCHAR", "user_id": "VARCHAR",
            "username": "VARCHAR", "token_name": "VARCHAR", "model_name": "VARCHAR", "quota": "VARCHAR",
            "prompt_tokens": "VARCHAR", "completion_tokens": "VARCHAR", "elapsed_time": "VARCHAR",
            "is_stream": "VARCHAR", "success": "VARCHAR"
          }'
        )
      )
    )
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
counted as (
  select
    *,
    whole("type") as kind,
    whole(created_at) as second,
    milliseconds(nullif(whole(elapsed_time), 0)) as duration,
    whole(prompt_tokens) as prompted,
    whole(completion_tokens) as completed,
    case when quota[:1] = '-' then -whole(quota[2:]) else whole(quota) end as charge,
    nullif(request_id, '') as gateway_id,
    (coalesce($constants['quota_per_unit'], '500000')::decimal(12, 2) * 100)::bigint as hundredths_per_dollar
  from entries
),
read as (
  select
    *,
    epoch_or_utc(second::varchar) as ended,
    coalesce(prompted, 0) + coalesce(completed, 0) > 0 as is_metered,
    case when kind = 2 and charge > 0 then charge * 100 end as hundredths
  from counted
),
charged as (
  select
    *,
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
    when kind not in (2, 5) then 'not a request: an entry of another type'
    when charge < 0 and not is_metered then 'not a request: a correction'
    when ended is null then 'no time'
    when prompted is null and prompt_tokens is not null then 'prompt_tokens is not a whole number'
    when completed is null and completion_tokens is not null then 'completion_tokens is not a whole number'
    when charge is null and quota is not null then 'quota is not a whole number'
  end as skip_reason,
  case
    when kind = 2 and is_unique_id(gateway_id) then own_key('one-api', null, gateway_id, null)
    when kind = 2 and gateway_id is not null then own_key('one-api', null, gateway_id, second::varchar)
    else
      md5(
        json_array(
          'one-api', kind, gateway_id, second, whole(user_id), model_name, prompted, completed, charge
        )::varchar
      )::uuid
  end as request_key,
  kind <> 2 or gateway_id is null as is_by_cells,
  gateway_id as upstream_id,
  ended - to_milliseconds(coalesce(duration, 0)) as started_at,
  ended as ended_at,
  $constants['provider'] as provider,
  $constants['host'] as host,
  $constants['account'] as account,
  coalesce($constants['model'], nullif(model_name, '')) as model,
  coalesce($constants['operation'], case when kind = 5 then 'test' end) as operation,
  coalesce($constants['access_key'], nullif(token_name, '')) as access_key,
  $constants['project'] as project,
  coalesce($constants['user'], nullif(username, '')) as "user",
  $constants['session'] as session,
  -- A call that counted nothing and cost nothing may have failed.
  case when kind = 2 and (is_metered or charge > 0) then 'ok' end as status,
  case when kind = 2 then try_cast(is_stream as boolean) end as stream,
  -- An answer without usage has 0 and 0, and so has a test.
  case when is_metered then prompted end as input_tokens,
  case when is_metered then completed end as output_tokens,
  duration as duration_ms,
  cost as reported_cost_usd,
  case when cost is not null then $constants['cost_kind'] end as reported_cost_kind
from priced
