-- One row per row of LiteLLM_SpendLogs: of the API, a dump of the table, or what LiteLLM publishes of it. Prompt tokens
-- include cached ones, completion tokens include reasoning; times are UTC; a cost of 0 beside tokens means that LiteLLM
-- has no price. A request that failed before an answer has no usage of its provider: LiteLLM writes 0, or what it
-- counted itself. Tables hold metadata and tags as texts of JSON.
with logged as (
  select
    path,
    text,
    bytes,
    unnest(
      try(
        json_transform(
          text,
          '{
            "request_id": "VARCHAR", "litellm_call_id": "VARCHAR", "call_type": "VARCHAR", "status": "VARCHAR",
            "cache_hit": "VARCHAR", "custom_llm_provider": "VARCHAR", "api_base": "VARCHAR",
            "model": "VARCHAR", "model_group": "VARCHAR", "api_key": "VARCHAR", "user": "VARCHAR",
            "end_user": "VARCHAR", "team_id": "VARCHAR", "organization_id": "VARCHAR", "session_id": "VARCHAR",
            "request_tags": "VARCHAR",
            "startTime": "VARCHAR", "endTime": "VARCHAR", "completionStartTime": "VARCHAR",
            "request_duration_ms": "VARCHAR",
            "prompt_tokens": "VARCHAR", "completion_tokens": "VARCHAR", "total_tokens": "VARCHAR",
            "spend": "VARCHAR",
            "metadata": {
              "status": "VARCHAR", "litellm_call_id": "VARCHAR",
              "user_api_key_alias": "VARCHAR", "user_api_key_team_alias": "VARCHAR",
              "usage_object": {
                "total_tokens": "VARCHAR", "cached_tokens": "VARCHAR",
                "prompt_tokens_details": {
                  "cached_tokens": "VARCHAR", "cache_creation_tokens": "VARCHAR",
                  "cache_creation_token_details": {
                    "ephemeral_5m_input_tokens": "VARCHAR", "ephemeral_1h_input_tokens": "VARCHAR"
                  }
                },
                "completion_tokens_details": {"reasoning_tokens": "VARCHAR"}
              },
              "additional_usage_values": {
                "prompt_tokens_details": {"cached_tokens": "VARCHAR"},
                "completion_tokens_details": {"reasoning_tokens": "VARCHAR"},
                "cache_read_input_tokens": "VARCHAR", "cache_creation_input_tokens": "VARCHAR"
              },
              "cost_breakdown": {"service_tier": "VARCHAR"},
              "error_information": {"error_code": "VARCHAR", "error_class": "VARCHAR"}
            }
          }'
        )
      )
    )
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
unfolded as (
  select
    * replace (
      case
        when regexp_matches(text, '"metadata"\s*:\s*"')
          then try(
            json_transform(
              json_extract_string(text, '$.metadata'),
              '{
                "status": "VARCHAR", "litellm_call_id": "VARCHAR",
                "user_api_key_alias": "VARCHAR", "user_api_key_team_alias": "VARCHAR",
                "usage_object": {
                  "total_tokens": "VARCHAR", "cached_tokens": "VARCHAR",
                  "prompt_tokens_details": {
                    "cached_tokens": "VARCHAR", "cache_creation_tokens": "VARCHAR",
                    "cache_creation_token_details": {
                      "ephemeral_5m_input_tokens": "VARCHAR", "ephemeral_1h_input_tokens": "VARCHAR"
                    }
                  },
                  "completion_tokens_details": {"reasoning_tokens": "VARCHAR"}
                },
                "additional_usage_values": {
                  "prompt_tokens_details": {"cached_tokens": "VARCHAR"},
                  "completion_tokens_details": {"reasoning_tokens": "VARCHAR"},
                  "cache_read_input_tokens": "VARCHAR", "cache_creation_input_tokens": "VARCHAR"
                },
                "cost_breakdown": {"service_tier": "VARCHAR"},
                "error_information": {"error_code": "VARCHAR", "error_class": "VARCHAR"}
              }'
            )
          )
        else metadata
      end as metadata
    ),
    try(json_transform(request_tags, '["VARCHAR"]')) as tags
  from logged
),
read as (
  select
    *,
    nullif(request_id, '') as id,
    epoch_or_utc(startTime) as started,
    epoch_or_utc(endTime) as ended,
    epoch_or_utc(completionStartTime) as first_token,
    host_of(nullif(api_base, '')) as answered_by,
    coalesce(nullif(litellm_call_id, ''), nullif(metadata.litellm_call_id, '')) as call_id,
    nullif(custom_llm_provider, '') as called,
    case coalesce(nullif(status, ''), metadata.status) when 'success' then 'ok' when 'failure' then 'error' end
      as outcome,
    whole(nullif(prompt_tokens, '')) as prompted,
    whole(nullif(completion_tokens, '')) as completed,
    whole(nullif(total_tokens, '')) as totalled,
    amount(nullif(spend, '')) as cost
  from unfolded
),
known as (
  select
    *,
    -- A cache hit repeats the id of the call it answers with the time behind it, and is a request of its own. The cost
    -- of a batch and of a background response comes in a second row of the same call: of the look that saw it ended.
    regexp_replace(id, '(_cache_hit[0-9.]+|_batch_cost|_background_cost)$', '') as upstream,
    coalesce(cache_hit in ('true', 'True') or regexp_matches(id, '_cache_hit[0-9.]+$'), false) as is_cache_hit,
    coalesce(regexp_matches(id, '_(batch|background)_cost$'), false) as is_settlement,
    case
      -- Newer versions put the provider before the model; openai/gpt-oss-… is the name of the model itself.
      when called = 'openai' and starts_with(model, 'openai/gpt-oss') then model
      when starts_with(model, called || '/') then nullif(model[strlen(called) + 2:], '')
      else nullif(model, '')
    end as answering_model,
    -- No call has neither prompt nor answer. What failed without a word on usage was not metered.
    coalesce(
      coalesce(totalled, prompted + completed) = 0
      or (outcome = 'error' and completed = 0 and metadata.usage_object.total_tokens is null),
      false
    ) as is_unmetered
  from read
)
select
  path,
  bytes,
  case
    when startTime is null and id is null and text_problem(text) is not null then text_problem(text)
    when id is null and call_type is null and spend is not null
      then 'a total of a day: ask /spend/logs for summarize=false'
    when started is null then 'no time'
    when id is null then 'no id'
    when prompted is null and nullif(prompt_tokens, '') is not null then 'prompt_tokens is not a whole number'
    when completed is null and nullif(completion_tokens, '') is not null
      then 'completion_tokens is not a whole number'
    when totalled is null and nullif(total_tokens, '') is not null then 'total_tokens is not a whole number'
    when cost is null and nullif(spend, '') is not null then 'spend is not a number'
  end as skip_reason,
  case
    when is_cache_hit and call_id is not null then upstream_key(upstream, call_id)
    when is_cache_hit then upstream_key(id, (epoch_ms(started) // 1000)::varchar)
    when is_unique_id(upstream) then upstream_key(upstream, null)
    -- Formats write the time differently, and with more or fewer digits.
    else own_key('litellm-spend', answered_by, upstream, (epoch_ms(started) // 1000)::varchar)
  end as request_key,
  upstream as upstream_id,
  started as started_at,
  case when not is_settlement then ended end as ended_at,
  coalesce($constants['provider'], answerer(called, answered_by)) as provider,
  coalesce($constants['host'], answered_by) as host,
  -- Its organization is the gateway's, not the provider's: it would set the requests apart from the provider's report.
  $constants['account'] as account,
  coalesce($constants['model'], answering_model) as model,
  nullif(nullif(model_group, ''), answering_model) as requested_model,
  case when not is_settlement then nullif(call_type, '') end as operation,
  coalesce($constants['access_key'], nullif(metadata.user_api_key_alias, ''), nullif(api_key, '')) as access_key,
  coalesce($constants['project'], nullif(metadata.user_api_key_team_alias, ''), nullif(team_id, '')) as project,
  coalesce($constants['user'], nullif(end_user, ''), nullif("user", '')) as "user",
  coalesce($constants['session'], nullif(session_id, '')) as session,
  case when len(tags) > 0 then tags end as tags,
  outcome as status,
  whole(nullif(metadata.error_information.error_code, '')) as http_status,
  nullif(metadata.error_information.error_class, '') as error_type,
  -- The only trace of a stream is that its answer began before it ended.
  case when first_token < ended and not is_settlement then true end as stream,
  is_cache_hit as cache_hit,
  nullif(metadata.cost_breakdown.service_tier, '') as service_tier,
  case when not is_unmetered then prompted end as input_tokens,
  case
    when not is_unmetered
      then whole(
        coalesce(
          metadata.usage_object.prompt_tokens_details.cached_tokens,
          metadata.additional_usage_values.prompt_tokens_details.cached_tokens,
          metadata.usage_object.cached_tokens,
          metadata.additional_usage_values.cache_read_input_tokens
        )
      )
  end as cache_read_tokens,
  case
    when not is_unmetered
      then whole(
        coalesce(
          metadata.usage_object.prompt_tokens_details.cache_creation_token_details.ephemeral_5m_input_tokens,
          metadata.usage_object.prompt_tokens_details.cache_creation_tokens,
          metadata.additional_usage_values.cache_creation_input_tokens
        )
      )
  end as cache_write_5m_tokens,
  whole(metadata.usage_object.prompt_tokens_details.cache_creation_token_details.ephemeral_1h_input_tokens)
    as cache_write_1h_tokens,
  case when not is_unmetered then completed end as output_tokens,
  case
    when not is_unmetered
      then whole(
        coalesce(
          metadata.usage_object.completion_tokens_details.reasoning_tokens,
          metadata.additional_usage_values.completion_tokens_details.reasoning_tokens
        )
      )
  end as reasoning_tokens,
  case when not is_unmetered then totalled end as reported_total_tokens,
  case
    when not is_settlement
      then coalesce(
        milliseconds(date_diff('microsecond', started, ended) / 1000),
        milliseconds(try_cast(request_duration_ms as double))
      )
  end as duration_ms,
  case
    when first_token < ended and not is_settlement
      then milliseconds(date_diff('microsecond', started, first_token) / 1000)
  end as ttft_ms,
  case when cost <> 0 then cost when is_cache_hit then 0 end as reported_cost_usd,
  case when cost <> 0 then $constants['cost_kind'] when is_cache_hit then 'gateway' end as reported_cost_kind
from known
