-- One row per request of a Portkey log export, which has the fields that were asked for. Costs are cents; 0 means that
-- Portkey knows no price. Where it knows no tokens it writes 0. Times are ISO, as JavaScript writes them, or seconds or
-- milliseconds since 1970.
with records as (
  select
    path,
    text,
    bytes,
    unnest(
      try(
        json_transform(
          text,
          '{
            "id": "VARCHAR", "trace_id": "VARCHAR", "created_at": "VARCHAR", "ai_org": "VARCHAR",
            "ai_model": "VARCHAR", "req_units": "VARCHAR", "res_units": "VARCHAR", "total_units": "VARCHAR",
            "request_url": "VARCHAR", "cost": "VARCHAR", "cost_currency": "VARCHAR", "response_time": "VARCHAR",
            "response_status_code": "VARCHAR", "is_success": "VARCHAR", "cache_status": "VARCHAR",
            "stream_mode": "VARCHAR", "metadata": "VARCHAR"
          }'
        )
      )
    )
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
cells as (
  select
    *,
    nullif(id, '') as own_id,
    nullif(req_units, '') as request_text,
    nullif(res_units, '') as response_text,
    nullif(total_units, '') as total_text,
    nullif(cost, '') as cost_text,
    -- Thu Mar 20 2025 07:30:00 GMT+0530 (India Standard Time)
    case
      when created_at[:1] between 'A' and 'Z'
        then
          regexp_extract(
            created_at, '^[A-Z][a-z]{2} ([A-Z][a-z]{2} \d{2} \d{4} [\d:]{8}) GMT([+-]\d{4})', ['wall', 'zone']
          )
    end as spoken,
    try_cast(response_status_code as bigint) as code,
    host_of(request_url) as answered_by,
    upper(replace(cache_status, '_', ' ')) in ('HIT', 'SEMANTIC HIT') as is_cache_hit,
    lower(is_success) as success
  from records
),
read as (
  select
    *,
    case
      when spoken.wall <> ''
        then
          try_strptime(spoken.wall, '%b %d %Y %H:%M:%S')
          - to_minutes(
            case when spoken.zone[1] = '-' then -1 else 1 end
            * (spoken.zone[2:3]::bigint * 60 + spoken.zone[4:5]::bigint)
          )
      when not contains(created_at, ':') and try_cast(created_at as bigint) between 100000000001 and 99999999999999
        then make_timestamp(try_cast(created_at as bigint) * 1000)
      else epoch_or_utc(created_at)
    end as started,
    whole(request_text) as sent,
    whole(response_text) as got,
    whole(total_text) as total,
    (amount(cost_text)::decimal(24, 12) * 0.01)::decimal(38, 12) as usd,
    case
      when success in ('1', 'true') then 'ok'
      when success in ('0', 'false') then 'error'
      when code between 200 and 399 then 'ok'
      when code >= 400 then 'error'
    end as outcome
  from cells
),
counts as (
  select
    *,
    coalesce(sent, 0) + coalesce(got, 0) + coalesce(total, 0) > 0 as has_tokens
  from read
)
select
  path,
  bytes,
  case
    when coalesce(own_id, created_at) is null and text_problem(text) is not null then text_problem(text)
    when started is null then 'no time'
    when sent is null and request_text is not null then 'req_units is not a whole number'
    when got is null and response_text is not null then 'res_units is not a whole number'
    when total is null and total_text is not null then 'total_units is not a whole number'
    when usd is null and cost_text is not null then 'cost is not a number'
    when upper(cost_currency) not in ('', 'USD') then 'cost is not in US dollars'
  end as skip_reason,
  case
    when is_unique_id(own_id) then own_key('portkey', null, own_id, null)
    when own_id is not null then own_key('portkey', null, own_id, started::varchar)
    else
      md5(
        json_array(
          'portkey', started::varchar, trace_id, ai_org, ai_model, request_text, response_text, total_text,
          response_time
        )::varchar
      )::uuid
  end as request_key,
  own_id is null as is_by_cells,
  own_id as upstream_id,
  started as started_at,
  coalesce($constants['provider'], answerer(nullif(lower(ai_org), ''), answered_by)) as provider,
  coalesce($constants['host'], answered_by) as host,
  $constants['account'] as account,
  coalesce($constants['model'], nullif(ai_model, '')) as model,
  $constants['operation'] as operation,
  $constants['access_key'] as access_key,
  $constants['project'] as project,
  coalesce(
    $constants['user'],
    case when contains(metadata, '"_user"') then nullif(try(json_extract_string(metadata, '$._user')), '') end
  ) as "user",
  $constants['session'] as session,
  outcome as status,
  case when code between 100 and 599 then code end as http_status,
  case lower(stream_mode) when 'true' then true when '1' then true when 'false' then false when '0' then false end
    as stream,
  is_cache_hit as cache_hit,
  case when has_tokens then sent end as input_tokens,
  case when has_tokens then got end as output_tokens,
  case when has_tokens then total end as reported_total_tokens,
  milliseconds(try_cast(response_time as double)) as duration_ms,
  case when is_cache_hit then 0 else nullif(usd, 0) end as reported_cost_usd,
  case when is_cache_hit then 'gateway' when usd <> 0 then $constants['cost_kind'] end as reported_cost_kind
from counts
