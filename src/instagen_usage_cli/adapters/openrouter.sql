-- One row per generation of OpenRouter, or per day and endpoint of its activity, which is a statement. Of two counts of
-- tokens the native one is billed. Cached tokens are part of the prompt, reasoning is part of the completion. With an
-- own key of the provider (BYOK), OpenRouter charges a fee and the provider the rest.
with documents as (
  select
    path,
    text,
    bytes,
    case
      when regexp_matches(text, '^\s*\{\s*"data"\s*:\s*\{') then try(json_extract(text, '$.data'))::varchar
      -- Fields that differ by their capitals only cannot stand beside each other.
      when text like '_"Date":%'
        then replace(replace(replace(text, '"Date":', '"date":'), '"Usage":', '"usage":'), '"Requests":', '"requests":')
      else text
    end as record
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
records as (
  select
    path,
    text,
    bytes,
    unnest(
      try(
        json_transform(
          record,
          '{
            "date": "VARCHAR", "model": "VARCHAR", "model_permaslug": "VARCHAR", "Slug": "VARCHAR",
            "variant": "VARCHAR", "usage": "VARCHAR", "requests": "VARCHAR", "workspace_id": "VARCHAR",
            "byok_usage_inference": "VARCHAR", "BYOK Usage": "VARCHAR",
            "prompt_tokens": "VARCHAR", "completion_tokens": "VARCHAR", "reasoning_tokens": "VARCHAR",
            "Prompt Tokens": "VARCHAR", "Completion Tokens": "VARCHAR", "Reasoning Tokens": "VARCHAR",
            "id": "VARCHAR", "generation_id": "VARCHAR", "created_at": "VARCHAR", "provider_name": "VARCHAR",
            "api_type": "VARCHAR", "streamed": "VARCHAR", "cancelled": "VARCHAR", "finish_reason": "VARCHAR",
            "finish_reason_normalized": "VARCHAR", "service_tier": "VARCHAR", "session_id": "VARCHAR",
            "external_user": "VARCHAR", "user": "VARCHAR", "api_key_name": "VARCHAR",
            "native_tokens_prompt": "VARCHAR", "native_tokens_completion": "VARCHAR",
            "native_tokens_cached": "VARCHAR", "native_tokens_reasoning": "VARCHAR",
            "tokens_prompt": "VARCHAR", "tokens_completion": "VARCHAR", "tokens_cached": "VARCHAR",
            "tokens_reasoning": "VARCHAR",
            "latency": "VARCHAR", "generation_time": "VARCHAR", "generation_time_ms": "VARCHAR",
            "time_to_first_token_ms": "VARCHAR",
            "total_cost": "VARCHAR", "cost_total": "VARCHAR", "is_byok": "VARCHAR",
            "upstream_inference_cost": "VARCHAR"
          }'
        )
      )
    )
  from documents
),
cells as (
  select
    *,
    date is not null as is_day,
    nullif(coalesce(id, generation_id), '') as generation,
    coalesce(date, created_at) as time_text,
    -- In activity and in the export, an amount that the provider charged tells an own key.
    coalesce(byok_usage_inference, "BYOK Usage", case when is_byok = 'true' then upstream_inference_cost end)
      as upstream_text,
    coalesce(nullif(total_cost, ''), nullif(cost_total, ''), nullif(usage, '')) as charge_text,
    coalesce(native_tokens_prompt, native_tokens_completion) is null
    and generation_id is null
    and coalesce(tokens_prompt, tokens_completion) is not null as is_estimate,
    nullif(coalesce(prompt_tokens, "Prompt Tokens", native_tokens_prompt), '') as billed_prompt_text,
    nullif(coalesce(completion_tokens, "Completion Tokens", native_tokens_completion), '') as billed_completion_text
  from records
),
counts as (
  select
    *,
    case when is_day then try_cast(time_text as timestamp) else epoch_or_utc(time_text) end as started,
    case when generation_id is not null or is_estimate then nullif(tokens_prompt, '') else billed_prompt_text end
      as prompt_text,
    case
      when generation_id is not null or is_estimate then nullif(tokens_completion, '')
      else billed_completion_text
    end as completion_text,
    nullif(coalesce(reasoning_tokens, "Reasoning Tokens", native_tokens_reasoning, tokens_reasoning), '')
      as reasoning_text,
    coalesce(native_tokens_cached, tokens_cached) as cached_text,
    amount(charge_text) as charged,
    amount(upstream_text) as charged_upstream,
    coalesce(finish_reason_normalized, finish_reason) as finish,
    coalesce(lower(cancelled) = 'true', false) as is_cancelled,
    milliseconds(try_cast(coalesce(generation_time, generation_time_ms) as double)) as generating,
    milliseconds(try_cast(latency as double)) as waiting,
    milliseconds(try_cast(time_to_first_token_ms as double)) as first_token
  from cells
),
read as (
  select
    *,
    whole(prompt_text) as prompted,
    whole(completion_text) as completed,
    whole(reasoning_text) as reasoned,
    coalesce(is_byok = 'true', false) or coalesce(charged_upstream > 0, false) as has_own_key,
    case when is_cancelled or finish = 'error' then 'error' when finish <> '' then 'ok' end as outcome
  from counts
),
priced as (
  select
    *,
    coalesce(outcome = 'error' and coalesce(prompted, 0) + coalesce(completed, 0) = 0, false) as is_unmetered,
    -- What the provider charges is not known from the fee.
    case
      when not has_own_key then charged
      when charged_upstream is not null then nullif(coalesce(charged, 0) + charged_upstream, 0)
    end as cost
  from read
)
select
  path,
  bytes,
  case
    when coalesce(time_text, generation) is null and text_problem(text) is not null then text_problem(text)
    when started is null then 'no time'
    when is_day and started <> date_trunc('day', started) then 'not a day'
    when not is_day and generation is null then 'no id'
    when is_day and whole(requests) is null and requests is not null then 'requests is not a whole number'
    when prompted is null and prompt_text is not null then 'prompt tokens are not a whole number'
    when completed is null and completion_text is not null then 'completion tokens are not a whole number'
    when charged is null and charge_text is not null then 'cost is not a number'
    when charged_upstream is null and upstream_text <> '' then 'BYOK cost is not a number'
  end as skip_reason,
  case
    when is_unique_id(generation) then upstream_key(generation, null)
    else own_key('openrouter', 'openrouter.ai', generation, started::varchar)
  end as request_key,
  generation as upstream_id,
  started as started_at,
  case when is_day and is_within_calendar(started) then started + interval 1 day end as bucket_end,
  case when is_day then 'usage' end as kind,
  case when is_day then whole(requests) end as requests,
  coalesce($constants['provider'], 'openrouter') as provider,
  coalesce($constants['host'], 'openrouter.ai') as host,
  $constants['account'] as account,
  coalesce(
    $constants['model'],
    nullif(model, ''),
    nullif(Slug, ''),
    -- As OpenRouter writes the model of such a request: gpt-oss-120b:free.
    nullif(model_permaslug, '') || case when variant not in ('', 'standard') then ':' || variant else '' end,
    nullif(model_permaslug, '')
  ) as model,
  coalesce($constants['operation'], nullif(api_type, '')) as operation,
  coalesce($constants['access_key'], nullif(api_key_name, '')) as access_key,
  coalesce($constants['project'], nullif(workspace_id, '')) as project,
  coalesce($constants['user'], nullif(external_user, ''), nullif("user", '')) as "user",
  coalesce($constants['session'], nullif(session_id, '')) as session,
  case when not is_day and provider_name <> '' then ['provider:' || provider_name] end as tags,
  outcome as status,
  case when is_cancelled then 'cancelled' end as error_type,
  try_cast(streamed as boolean) as stream,
  nullif(service_tier, '') as service_tier,
  case when not is_unmetered then prompted end as input_tokens,
  case when not is_unmetered then whole(cached_text) end as cache_read_tokens,
  case when not is_unmetered then completed end as output_tokens,
  case when not is_unmetered then reasoned end as reasoning_tokens,
  case when is_estimate and not is_unmetered then true end as tokens_estimated,
  -- The longer of the two is the whole, whichever OpenRouter means by them.
  greatest(generating, waiting, first_token) as duration_ms,
  coalesce(first_token, case when streamed = 'true' and waiting < generating then waiting end) as ttft_ms,
  cost as reported_cost_usd,
  case when cost is not null then case when has_own_key then 'gateway' else $constants['cost_kind'] end end
    as reported_cost_kind
from priced
