-- One row per line of a Qwen Code session. Calls to a model are its events of telemetry, those of agents in the
-- background too; the lines of answers repeat the tokens of some. Where nobody counted, the client writes 0, also for
-- what is cached or thought. Prompts include cached tokens; thoughts are part of the output, unless the total has them
-- beside it. An event is written when the answer has come. A fork of a session repeats its lines under its own id.
with lines as (
  select
    path,
    text,
    bytes,
    unnest(
      try(
        json_transform(
          text,
          '{
            "type": "VARCHAR", "subtype": "VARCHAR", "uuid": "VARCHAR", "timestamp": "VARCHAR",
            "sessionId": "VARCHAR", "cwd": "VARCHAR", "localMonth": "VARCHAR", "totalLatencyMs": "VARCHAR",
            "forkedFrom": {"sessionId": "VARCHAR"},
            "systemPayload": {
              "uiEvent": {
                "event.name": "VARCHAR", "event.timestamp": "VARCHAR", "response_id": "VARCHAR", "model": "VARCHAR",
                "auth_type": "VARCHAR", "subagent_name": "VARCHAR", "status_code": "VARCHAR", "error_type": "VARCHAR",
                "duration_ms": "VARCHAR", "ttft_ms": "VARCHAR", "input_token_count": "VARCHAR",
                "output_token_count": "VARCHAR", "cached_content_token_count": "VARCHAR",
                "thoughts_token_count": "VARCHAR", "total_token_count": "VARCHAR"
              }
            }
          }'
        )
      )
    )
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
events as (
  select
    * exclude (systemPayload),
    coalesce(type = 'system' and subtype = 'ui_telemetry', false) as is_event,
    systemPayload.uiEvent."event.name" as event,
    systemPayload.uiEvent as said,
    -- Other lines have a time, too, which nobody asks for.
    epoch_or_utc(
      case
        when systemPayload.uiEvent."event.name" is not null
          then coalesce(systemPayload.uiEvent."event.timestamp", "timestamp")
      end
    ) as ended,
    milliseconds(try_cast(systemPayload.uiEvent.duration_ms as double)) as lasted,
    milliseconds(try_cast(systemPayload.uiEvent.ttft_ms as double)) as first_after,
    nullif(systemPayload.uiEvent.response_id, '') as response_id,
    -- A compatible host can be anyone; the other ways to log in have a provider of their own.
    $constants['provider'] <> $constants['default_provider']
    or coalesce(systemPayload.uiEvent.auth_type, 'openai') = 'openai'
    or regexp_full_match(systemPayload.uiEvent.auth_type, '|openai-responses') as is_anyone,
    whole(systemPayload.uiEvent.input_token_count) as prompted,
    whole(systemPayload.uiEvent.output_token_count) as completed,
    whole(systemPayload.uiEvent.cached_content_token_count) as cached,
    whole(systemPayload.uiEvent.thoughts_token_count) as thought,
    whole(systemPayload.uiEvent.total_token_count) as totalled
  from lines
),
calls as (
  select
    *,
    is_event and coalesce(regexp_full_match(event, 'qwen-code\.api_(response|error)'), false) as is_call,
    coalesce(event = 'qwen-code.api_error', false) as is_failed,
    coalesce(event = 'qwen-code.api_response' and is_unique_id(response_id), false) as has_upstream_id,
    ended - to_milliseconds(coalesce(lasted, 0)) as started,
    -- Nobody knows it beside a total without its parts, or a prompt whose answer was not counted.
    case
      when coalesce(prompted, 0) + coalesce(completed, 0) > 0 and (completed > 0 or totalled > 0)
        then completed
          + case
            when prompted + completed <> totalled and prompted + completed + thought = totalled then thought
            else 0
          end
    end as output
  from events
)
select
  path,
  bytes,
  case
    when type is null and text_problem(text) is not null then text_problem(text)
    when type is null and localMonth is not null then 'not a request: a copy of one'
    when type is null and totalLatencyMs is not null then 'not a request: the total of a session'
    when type is null then 'no type'
    when not is_event then 'not a request: a line of the conversation'
    when event is null then 'no event'
    when not is_call then 'not a request: another event'
    when ended is null then 'no time'
    when uuid is null and not has_upstream_id then 'no id'
    when prompted is null and said.input_token_count is not null then 'input_token_count is not a whole number'
    when completed is null and said.output_token_count is not null then 'output_token_count is not a whole number'
  end as skip_reason,
  case
    when has_upstream_id then upstream_key(response_id, null)
    when is_call then own_key('qwen-code', null, uuid, said."event.timestamp")
  end as request_key,
  coalesce(response_id, uuid) as upstream_id,
  started as started_at,
  ended as ended_at,
  case
    when is_anyone then $constants['provider']
    when regexp_full_match(said.auth_type, 'gemini|vertex-ai') then 'google'
    else said.auth_type
  end as provider,
  case when is_anyone then $constants['host'] end as host,
  $constants['account'] as account,
  coalesce($constants['model'], nullif(said.model, '')) as model,
  $constants['operation'] as operation,
  $constants['access_key'] as access_key,
  coalesce($constants['project'], nullif(split_part(rtrim(replace(cwd, '\', '/'), '/'), '/', -1), '')) as project,
  $constants['user'] as "user",
  coalesce($constants['session'], nullif(forkedFrom.sessionId, ''), nullif(sessionId, '')) as session,
  case when regexp_full_match(said.subagent_name, '[\w.:/-]{1,64}') then [said.subagent_name] end as tags,
  case when is_failed then 'error' else 'ok' end as status,
  whole(said.status_code) as http_status,
  -- The name of an error; where it is anything else it may be a text.
  case when is_failed and regexp_full_match(said.error_type, '[\w.:$-]{1,80}') then said.error_type end as error_type,
  case when first_after is not null then true end as stream,
  nullif(prompted, 0) as input_tokens,
  case when cached <= prompted then nullif(cached, 0) end as cache_read_tokens,
  output as output_tokens,
  case when thought <= output then nullif(thought, 0) end as reasoning_tokens,
  nullif(totalled, 0) as reported_total_tokens,
  lasted as duration_ms,
  first_after as ttft_ms
from calls
