-- One row per StandardLoggingPayload of LiteLLM. Prompt tokens include cached ones, completion tokens include
-- reasoning. Latency is end - start: response_time is the time to the first token on streams. A cost of 0 beside
-- tokens means that LiteLLM has no price; a cache hit repeats the id and the tokens of the call it answers. A stream or a
-- cache hit that is null is none.
with payloads as (
  select
    path,
    text,
    bytes,
    unnest(
      try(
        json_transform(
          text,
          '{
            "id": "VARCHAR", "litellm_call_id": "VARCHAR", "call_type": "VARCHAR", "stream": "VARCHAR",
            "status": "VARCHAR", "cache_hit": "VARCHAR", "custom_llm_provider": "VARCHAR", "api_base": "VARCHAR",
            "model": "VARCHAR", "model_group": "VARCHAR", "end_user": "VARCHAR", "session_id": "VARCHAR",
            "request_tags": ["VARCHAR"],
            "startTime": "VARCHAR", "endTime": "VARCHAR", "completionStartTime": "VARCHAR",
            "prompt_tokens": "VARCHAR", "completion_tokens": "VARCHAR", "total_tokens": "VARCHAR",
            "response_cost": "VARCHAR",
            "metadata": {
              "user_api_key_alias": "VARCHAR", "user_api_key_hash": "VARCHAR", "user_api_key_user_id": "VARCHAR",
              "user_api_key_team_alias": "VARCHAR", "user_api_key_team_id": "VARCHAR",
              "usage_object": {
                "prompt_tokens": "VARCHAR", "cached_tokens": "VARCHAR",
                "prompt_tokens_details": {
                  "cached_tokens": "VARCHAR", "cache_creation_tokens": "VARCHAR",
                  "cache_creation_token_details": {
                    "ephemeral_5m_input_tokens": "VARCHAR", "ephemeral_1h_input_tokens": "VARCHAR"
                  }
                },
                "completion_tokens_details": {"reasoning_tokens": "VARCHAR"}
              }
            },
            "hidden_params": {"api_base": "VARCHAR"},
            "response": {"service_tier": "VARCHAR"},
            "error_information": {"error_code": "VARCHAR", "error_class": "VARCHAR"}
          }'
        )
      )
    )
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
read as (
  select
    *,
    epoch_or_utc(startTime) as started,
    epoch_or_utc(endTime) as ended,
    case when stream = 'true' then epoch_or_utc(completionStartTime) end as first_token,
    host_of(coalesce(nullif(api_base, ''), hidden_params.api_base)) as answered_by,
    coalesce(cache_hit in ('true', 'True') or id like '%!_cache!_hit%' escape '!', false) as is_cache_hit,
    case status when 'success' then 'ok' when 'failure' then 'error' end as outcome,
    whole(prompt_tokens) as prompted,
    whole(completion_tokens) as completed,
    whole(total_tokens) as totalled,
    amount(response_cost) as cost,
    -- A failure writes 0 and 0, or its own guess at the prompt, where nobody counted.
    coalesce(outcome = 'error', false)
    and coalesce(completed, 0) = 0
    and (coalesce(totalled, prompted, 0) = 0 or metadata.usage_object.prompt_tokens is null) as is_uncounted
  from payloads
)
select
  path,
  bytes,
  case
    when startTime is null and id is null and text_problem(text) is not null then text_problem(text)
    when started is null then 'no time'
    when id is null then 'no id'
    when prompted is null and prompt_tokens is not null then 'prompt_tokens is not a whole number'
    when completed is null and completion_tokens is not null then 'completion_tokens is not a whole number'
    when cost is null and response_cost is not null then 'response_cost is not a number'
  end as skip_reason,
  case
    when is_cache_hit
      then upstream_key(regexp_replace(id, '_cache_hit[0-9.]+$', ''), coalesce(litellm_call_id, startTime))
    when is_unique_id(id) then upstream_key(id, null)
    else own_key('litellm', answered_by, id, startTime)
  end as request_key,
  id as upstream_id,
  started as started_at,
  ended as ended_at,
  coalesce($constants['provider'], answerer(custom_llm_provider, answered_by)) as provider,
  coalesce($constants['host'], answered_by) as host,
  -- Its organization is the gateway's, not the provider's: it would set the requests apart from the provider's report.
  $constants['account'] as account,
  coalesce($constants['model'], nullif(model, '')) as model,
  nullif(nullif(model_group, ''), model) as requested_model,
  nullif(call_type, '') as operation,
  coalesce($constants['access_key'], nullif(metadata.user_api_key_alias, ''), nullif(metadata.user_api_key_hash, '')) as access_key,
  coalesce(
    $constants['project'], nullif(metadata.user_api_key_team_alias, ''), nullif(metadata.user_api_key_team_id, '')
  ) as project,
  coalesce($constants['user'], nullif(end_user, ''), nullif(metadata.user_api_key_user_id, '')) as "user",
  coalesce($constants['session'], nullif(session_id, '')) as session,
  case when len(request_tags) > 0 then request_tags end as tags,
  outcome as status,
  whole(nullif(error_information.error_code, '')) as http_status,
  nullif(error_information.error_class, '') as error_type,
  coalesce(try_cast(stream as boolean), false) as stream,
  is_cache_hit as cache_hit,
  response.service_tier as service_tier,
  case when not is_uncounted then prompted end as input_tokens,
  whole(
    coalesce(metadata.usage_object.prompt_tokens_details.cached_tokens, metadata.usage_object.cached_tokens)
  ) as cache_read_tokens,
  whole(
    coalesce(
      metadata.usage_object.prompt_tokens_details.cache_creation_token_details.ephemeral_5m_input_tokens,
      metadata.usage_object.prompt_tokens_details.cache_creation_tokens
    )
  ) as cache_write_5m_tokens,
  whole(metadata.usage_object.prompt_tokens_details.cache_creation_token_details.ephemeral_1h_input_tokens)
    as cache_write_1h_tokens,
  case when not is_uncounted then completed end as output_tokens,
  whole(metadata.usage_object.completion_tokens_details.reasoning_tokens) as reasoning_tokens,
  case when not is_uncounted then totalled end as reported_total_tokens,
  milliseconds(date_diff('microsecond', started, ended) / 1000) as duration_ms,
  milliseconds(date_diff('microsecond', started, first_token) / 1000) as ttft_ms,
  case when is_cache_hit then 0 else nullif(cost, 0) end as reported_cost_usd,
  case when is_cache_hit then 'gateway' when cost <> 0 then 'client' end as reported_cost_kind
from read
