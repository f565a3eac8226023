-- One row per call that llm (simonw/llm) has logged: a row of its database, or an element of `llm logs --json`. Counts
-- are those that the plugin of the model gave. Prompts include cached tokens, but for Anthropic's, which stand beside;
-- answers include thoughts, but for Gemini's in old versions of its plugin, which leave out how much of the answer was
-- none. Older versions have the counts in the answer alone. Failed calls are not logged. The names of models are the
-- user's own; the answer has the real one, and nothing says who gave it.
with rows as (
  select
    path,
    text,
    bytes,
    unnest(
      try(
        json_transform(
          text,
          '{
            "id": "VARCHAR", "model": "VARCHAR", "resolved_model": "VARCHAR", "conversation_id": "VARCHAR",
            "datetime_utc": "VARCHAR", "ended_utc": "VARCHAR", "duration_ms": "VARCHAR", "input_tokens": "VARCHAR",
            "output_tokens": "VARCHAR", "token_details": "VARCHAR",
            "response_json": {
              "id": "VARCHAR", "responseId": "VARCHAR", "object": "VARCHAR", "model": "VARCHAR",
              "modelVersion": "VARCHAR", "service_tier": "VARCHAR",
              "usage": {
                "prompt_tokens": "VARCHAR", "completion_tokens": "VARCHAR", "total_tokens": "VARCHAR",
                "input_tokens": "VARCHAR", "output_tokens": "VARCHAR", "cost": "VARCHAR",
                "prompt_tokens_details": {"cached_tokens": "VARCHAR"},
                "completion_tokens_details": {"reasoning_tokens": "VARCHAR"},
                "cache_read_input_tokens": "VARCHAR", "cache_creation_input_tokens": "VARCHAR"
              }
            }
          }'
        )
      )
    )
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
detailed as (
  select
    * exclude (token_details),
    -- A text within the text, also in `llm logs --json`.
    try(
      json_transform(
        token_details,
        '{
          "prompt_tokens_details": {"cached_tokens": "VARCHAR", "cache_write_tokens": "VARCHAR"},
          "input_tokens_details": {"cached_tokens": "VARCHAR", "cache_write_tokens": "VARCHAR"},
          "completion_tokens_details": {"reasoning_tokens": "VARCHAR"},
          "output_tokens_details": {"reasoning_tokens": "VARCHAR", "thinking_tokens": "VARCHAR"},
          "cache_read_input_tokens": "VARCHAR", "cache_creation_input_tokens": "VARCHAR",
          "cache_creation": {"ephemeral_1h_input_tokens": "VARCHAR"}, "cachedContentTokenCount": "VARCHAR",
          "candidatesTokenCount": "VARCHAR", "thoughtsTokenCount": "VARCHAR", "service_tier": "VARCHAR"
        }'
      )
    ) as details
  from rows
),
read as (
  select
    * exclude (response_json),
    response_json as answer,
    milliseconds(try_cast(duration_ms as double)) as lasted,
    coalesce(epoch_or_utc(datetime_utc), epoch_or_utc(ended_utc)) as told,
    coalesce(nullif(response_json.id, ''), nullif(response_json.responseId, '')) as answer_id,
    coalesce(input_tokens, response_json.usage.prompt_tokens, response_json.usage.input_tokens) as said_input,
    coalesce(output_tokens, response_json.usage.completion_tokens, response_json.usage.output_tokens) as said_output,
    whole(response_json.usage.total_tokens) as totalled,
    coalesce(
      details.prompt_tokens_details.cached_tokens,
      details.input_tokens_details.cached_tokens,
      details.cachedContentTokenCount,
      response_json.usage.prompt_tokens_details.cached_tokens
    ) as said_cached,
    coalesce(
      details.prompt_tokens_details.cache_write_tokens, details.input_tokens_details.cache_write_tokens
    ) as said_written,
    whole(
      coalesce(details.cache_read_input_tokens, response_json.usage.cache_read_input_tokens)
    ) as read_beside,
    whole(
      coalesce(details.cache_creation_input_tokens, response_json.usage.cache_creation_input_tokens)
    ) as written_beside,
    whole(details.cache_creation.ephemeral_1h_input_tokens) as written_1h,
    nullif(amount(response_json.usage.cost), 0) as charged,
    whole(
      coalesce(
        details.completion_tokens_details.reasoning_tokens,
        details.output_tokens_details.reasoning_tokens,
        details.output_tokens_details.thinking_tokens,
        details.thoughtsTokenCount,
        response_json.usage.completion_tokens_details.reasoning_tokens
      )
    ) as thought
  from detailed
),
counts as (
  select
    *,
    is_unique_id(answer_id) and not starts_with(answer_id, '{') as has_upstream_id,
    case
      when is_within_calendar(told)
        then told - to_milliseconds(case when datetime_utc is null then coalesce(lasted, 0) else 0 end)
    end as started,
    whole(said_input) as prompted,
    whole(said_output) as completed,
    details.thoughtsTokenCount is not null and details.candidatesTokenCount is null as may_be_beside,
    -- What llm put away because it is repeated is an object.
    case
      when not starts_with(coalesce(answer.model, answer.modelVersion), '{')
        then nullif(coalesce(answer.model, answer.modelVersion), '')
    end as answered_by
  from read
),
sums as (
  select
    *,
    nullif(prompted + coalesce(read_beside, 0) + coalesce(written_beside, 0), 0) as input,
    -- Without candidates, all there is may be thoughts.
    case
      when may_be_beside and completed is distinct from thought then coalesce(completed, 0) + thought
      when prompted > 0 or completed > 0 or read_beside > 0 then completed
    end as output,
    coalesce(answered_by, nullif(resolved_model, ''), nullif(model, '')) as answerer_model
  from counts
)
select
  path,
  bytes,
  case
    when id is null and datetime_utc is null and ended_utc is null and text_problem(text) is not null
      then text_problem(text)
    when started is null then 'no time'
    when nullif(id, '') is null and not coalesce(has_upstream_id, false) then 'no id'
    when prompted is null and said_input is not null then 'input_tokens is not a whole number'
    when completed is null and said_output is not null then 'output_tokens is not a whole number'
  end as skip_reason,
  case
    when has_upstream_id then upstream_key(answer_id, null)
    -- What is numbered needs its time; other ids are nobody else's, and their times are written in several ways.
    else own_key('llm', null, id, case when strlen(id) < 16 then coalesce(datetime_utc, ended_utc) end)
  end as request_key,
  coalesce(case when has_upstream_id then answer_id end, id) as upstream_id,
  started as started_at,
  started + to_milliseconds(lasted) as ended_at,
  $constants['provider'] as provider,
  $constants['host'] as host,
  $constants['account'] as account,
  coalesce($constants['model'], answerer_model) as model,
  nullif(nullif(model, ''), coalesce($constants['model'], answerer_model)) as requested_model,
  $constants['operation'] as operation,
  $constants['access_key'] as access_key,
  $constants['project'] as project,
  $constants['user'] as "user",
  coalesce($constants['session'], nullif(conversation_id, '')) as session,
  'ok' as status,
  case answer.object when 'chat.completion.chunk' then true when 'chat.completion' then false end as stream,
  coalesce(answer.service_tier, details.service_tier) as service_tier,
  input as input_tokens,
  case
    when read_beside is not null then read_beside
    when whole(said_cached) <= input then whole(said_cached)
  end as cache_read_tokens,
  case
    when written_beside >= coalesce(written_1h, 0) then written_beside - coalesce(written_1h, 0)
    when written_beside is null and whole(said_written) <= input then whole(said_written)
  end as cache_write_5m_tokens,
  written_1h as cache_write_1h_tokens,
  output as output_tokens,
  case when thought <= output then thought end as reasoning_tokens,
  nullif(totalled, 0) as reported_total_tokens,
  lasted as duration_ms,
  charged as reported_cost_usd,
  case when charged is not null then 'gateway' end as reported_cost_kind
from sums
