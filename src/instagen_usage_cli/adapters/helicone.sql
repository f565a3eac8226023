-- One row per request of Helicone: of its API and export tool, or of a query of its table (HQL). It takes cached tokens
-- out of the prompt and reasoning out of the completion; its total has the reasoning, but not what was cached. Where it
-- knows nothing it writes 0. The id of the answer names a request, because the tool's CSV has no other.
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
            "request_id": "VARCHAR", "response_id": "VARCHAR", "request_created_at": "VARCHAR",
            "response_status": "VARCHAR", "status": "VARCHAR", "provider": "VARCHAR", "target_url": "VARCHAR",
            "request_model": "VARCHAR", "response_model": "VARCHAR", "model_override": "VARCHAR", "model": "VARCHAR",
            "request_user_id": "VARCHAR", "user_id": "VARCHAR",
            "request_properties": "VARCHAR", "properties": "VARCHAR",
            "delay_ms": "VARCHAR", "latency": "VARCHAR", "time_to_first_token": "VARCHAR",
            "prompt_tokens": "VARCHAR", "prompt_cache_read_tokens": "VARCHAR", "prompt_cache_write_tokens": "VARCHAR",
            "completion_tokens": "VARCHAR", "reasoning_tokens": "VARCHAR", "total_tokens": "VARCHAR",
            "cost": "VARCHAR", "costUSD": "VARCHAR", "cost_usd": "VARCHAR", "cache_reference_id": "VARCHAR"
          }'
        )
      )
    )
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
cells as (
  select
    *,
    -- The table has its cost in billionths of a dollar, the API in dollars: they name status and latency otherwise. A
    -- query of neither does not say what its cost is.
    coalesce(response_status, delay_ms, costUSD, cost_usd) is not null as is_answer,
    coalesce(nullif(response_id, ''), nullif(request_id, '')) as id,
    coalesce(
      nullif(costUSD, ''),
      nullif(cost_usd, ''),
      case when coalesce(response_status, delay_ms, status, latency) is not null then nullif(cost, '') end
    ) as cost_text,
    coalesce(nullif(response_model, ''), nullif(model_override, ''), nullif(model, ''), nullif(request_model, ''))
      as said_model,
    nullif(prompt_tokens, '') as prompt_text,
    nullif(completion_tokens, '') as completion_text,
    nullif(total_tokens, '') as total_text,
    nullif(cache_reference_id, '') <> '00000000-0000-0000-0000-000000000000' as is_cache_hit,
    try_cast(coalesce(response_status, status) as bigint) as code,
    host_of(target_url) as target,
    coalesce(nullif(request_properties, ''), properties) as said_properties
  from records
),
read as (
  select
    *,
    epoch_or_utc(request_created_at) as started,
    -- Helicone's own hosts pass requests on.
    case
      when not (suffix(target, 'helicone.ai') or suffix(target, 'hconeai.com'))
        or not regexp_matches(target, '(^|\.)(helicone\.ai|hconeai\.com)$')
        then target
    end as answered_by,
    nullif(nullif(lower(provider), ''), 'custom') as named_provider,
    -- The CSV of the export tool doubles the quotes of JSON twice.
    case
      when contains(said_properties, 'Helicone-Session-Id')
        then nullif(regexp_extract(said_properties, '"+Helicone-Session-Id"+\s*:\s*"+([^"]+)"', 1), '')
    end as said_session,
    whole(prompt_text) as prompted,
    whole(completion_text) as completed,
    whole(total_text) as totalled,
    whole(prompt_cache_read_tokens) as cached_cell,
    whole(prompt_cache_write_tokens) as written_cell,
    whole(reasoning_tokens) as reasoned_cell,
    case
      when is_answer then amount(cost_text)
      else (try_cast(cost_text as decimal(24, 0)) * 0.000000001)::decimal(38, 12)
    end as usd
  from cells
),
filled_in as (
  select
    *,
    coalesce(cached_cell, 0) as cached,
    coalesce(written_cell, 0) as written,
    coalesce(reasoned_cell, 0) as reasoned
  from read
),
counts as (
  select
    *,
    coalesce(prompted, 0) + coalesce(completed, 0) + coalesce(totalled, 0) + cached + written + reasoned > 0
      as has_tokens,
    -- OpenAI counts what is written to a cache as part of the prompt.
    cached + case when named_provider = 'openai' then 0 else written end as beside_prompt,
    case when totalled = prompted + completed then 0 else reasoned end as beside_completion
  from filled_in
),
totals as (
  select
    *,
    prompted + beside_prompt as sent,
    completed + beside_completion as got,
    totalled
    + case when totalled = prompted + completed + beside_completion then beside_prompt else 0 end as total
  from counts
)
select
  path,
  bytes,
  case
    when coalesce(id, request_created_at) is null and text_problem(text) is not null then text_problem(text)
    when started is null then 'no time'
    when code = -2 then 'not a request: still pending'
    when prompted is null and prompt_text is not null then 'prompt_tokens is not a whole number'
    when completed is null and completion_text is not null then 'completion_tokens is not a whole number'
    when totalled is null and total_text is not null then 'total_tokens is not a whole number'
    when usd is null and cost_text is not null then 'cost is not a number'
  end as skip_reason,
  case
    when id is not null then own_key('helicone', null, id, case when not is_unique_id(id) then started::varchar end)
    else
      md5(
        json_array('helicone', started::varchar, said_model, prompt_text, completion_text, request_user_id)::varchar
      )::uuid
  end as request_key,
  id is null as is_by_cells,
  coalesce(nullif(request_id, ''), id) as upstream_id,
  started as started_at,
  coalesce($constants['provider'], answerer(named_provider, answered_by)) as provider,
  coalesce($constants['host'], answered_by) as host,
  $constants['account'] as account,
  coalesce($constants['model'], said_model) as model,
  nullif(nullif(request_model, ''), said_model) as requested_model,
  $constants['operation'] as operation,
  $constants['access_key'] as access_key,
  $constants['project'] as project,
  coalesce($constants['user'], nullif(request_user_id, ''), nullif(user_id, '')) as "user",
  coalesce($constants['session'], said_session) as session,
  case when code between 200 and 399 then 'ok' when code >= 400 or code < 0 then 'error' end as status,
  case when code between 100 and 599 then code end as http_status,
  case code when -1 then 'timeout' when -3 then 'cancelled' when -4 then 'threat' end as error_type,
  is_cache_hit as cache_hit,
  case when has_tokens then sent end as input_tokens,
  case when has_tokens then cached_cell end as cache_read_tokens,
  case when has_tokens then written_cell end as cache_write_5m_tokens,
  case when has_tokens then got end as output_tokens,
  case when has_tokens then reasoned_cell end as reasoning_tokens,
  case when has_tokens then total end as reported_total_tokens,
  nullif(milliseconds(try_cast(coalesce(delay_ms, latency) as double)), 0) as duration_ms,
  nullif(milliseconds(try_cast(time_to_first_token as double)), 0) as ttft_ms,
  case when is_cache_hit then 0 else nullif(usd, 0) end as reported_cost_usd,
  case when is_cache_hit then 'gateway' when usd <> 0 then $constants['cost_kind'] end as reported_cost_kind
from totals
