-- One row per message of a task or session of Cline, Roo Code and Kilo Code. Newer versions of Cline, and its CLI, write
-- a document per session (`messages`), whose answers have what they used. The others write a list of what was shown
-- (`say`): its requests have what they used as a JSON text in their text, beside the prompt. Input includes what is
-- cached in sessions; in lists that depends on the provider, on who wrote it, and when. What nobody counted is written
-- as 0. Histories, and the list of messages that were sent, have the same tokens once more.
with documents as (
  select
    path,
    text,
    bytes,
    unnest(
      try(
        json_transform(
          text,
          '{
            "ts": "VARCHAR", "type": "VARCHAR", "say": "VARCHAR", "ask": "VARCHAR", "apiProtocol": "VARCHAR",
            "modelInfo": {"modelId": "VARCHAR", "providerId": "VARCHAR"},
            "contextCondense": {"cost": "VARCHAR"},
            "role": "VARCHAR", "sessionId": "VARCHAR", "agent": "VARCHAR",
            "messages": [{
              "id": "VARCHAR", "role": "VARCHAR", "ts": "VARCHAR",
              "modelInfo": {"id": "VARCHAR", "provider": "VARCHAR"},
              "metrics": {
                "inputTokens": "VARCHAR", "outputTokens": "VARCHAR", "cacheReadTokens": "VARCHAR",
                "cacheWriteTokens": "VARCHAR", "cost": "VARCHAR"
              },
              "metadata": {"displayRole": "VARCHAR"}
            }],
            "session_id": "VARCHAR", "totalCost": "VARCHAR", "entries": [{"totalCost": "VARCHAR"}],
            "files_in_context": [{"record_state": "VARCHAR"}], "level": "VARCHAR"
          }'
        )
      )
    )
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
shown as (
  select
    *,
    coalesce(regexp_full_match(say, 'api_req_started|api_req_finished|subagent_usage|deleted_api_reqs'), false) as is_counted,
    case when is_counted then json_extract_string(text, '$.text') end as said
  from documents
),
-- What SQLite gives can be asked for once: the window below would ask duckdb 1.5 twice.
opened as materialized (
  select
    * exclude (text, messages, said),
    case
      when len(messages) > 0 or say is not null then null
      when messages is not null then 'not a request: an empty session'
      when ask is not null then 'not a request: a question'
      when role is not null then 'not a request: a copy of a message'
      when session_id is not null then 'not a request: the total of a session'
      when totalCost is not null or entries is not null then 'not a request: the total of a task'
      when files_in_context is not null then 'not a request: the files of a task'
      when level is not null then 'not a request: a line of another log'
      else coalesce(text_problem(text), 'no say')
    end as emptiness,
    try(
      json_transform(
        said,
        '{
          "tokensIn": "VARCHAR", "tokensOut": "VARCHAR", "cacheReads": "VARCHAR", "cacheWrites": "VARCHAR",
          "cost": "VARCHAR", "cancelReason": "VARCHAR", "apiProtocol": "VARCHAR"
        }'
      )
    ) as used,
    -- Within the prompt these quotes are escaped. Of the message only its number is taken.
    contains(said, '"streamingFailedMessage":') as is_broken,
    case
      when contains(said, '"streamingFailedMessage":')
        then regexp_extract(said, '"streamingFailedMessage":"\{[^{}]*\\"status\\":\s*(\d{3})', 1)
    end as http_status,
    case when len(messages) > 0 then messages else [null] end as messages
  from shown
),
listed as (
  select
    * exclude (messages, bytes),
    case when min(modelInfo) over task = max(modelInfo) over task then min(modelInfo) over task end as only_model,
    unnest(messages) as message,
    case when unnest(generate_series(1, len(messages))) = 1 then bytes end as first_bytes
  from opened
  window task as (partition by path)
),
calls as (
  select
    *,
    message is not null as is_session,
    message.id as id,
    coalesce(message.ts, ts) as moment,
    -- What was deleted was sent to whom all else of the task was, if that is but one.
    nullif(
      coalesce(message.modelInfo.id, modelInfo.modelId, case when say = 'deleted_api_reqs' then only_model.modelId end), ''
    ) as model_id,
    nullif(
      lower(
        coalesce(
          message.modelInfo.provider,
          modelInfo.providerId,
          case when say = 'deleted_api_reqs' then only_model.providerId end
        )
      ),
      ''
    ) as provider_id,
    coalesce(used.apiProtocol, apiProtocol) as protocol,
    case
      when message is null then is_counted or coalesce(say = 'condense_context' and contextCondense is not null, false)
      else coalesce(message.role = 'assistant', false) and (message.metrics is not null or message.modelInfo is not null)
    end as is_call,
    case
      when message is null then coalesce(is_broken or used.cancelReason <> '', false)
      else coalesce(message.metadata.displayRole = 'error', false)
    end as is_failed,
    case when message is null then used.tokensIn else message.metrics.inputTokens end as input_cell,
    case when message is null then used.tokensOut else message.metrics.outputTokens end as output_cell,
    case when message is null then used.cacheReads else message.metrics.cacheReadTokens end as read_cell,
    case when message is null then used.cacheWrites else message.metrics.cacheWriteTokens end as write_cell,
    case when message is null then coalesce(used.cost, contextCondense.cost) else message.metrics.cost end as cost_cell
  from listed
),
numbers as (
  select
    *,
    case when is_call and whole(moment) < 1e14 then make_timestamp(whole(moment) * 1000) end as started,
    whole(input_cell) as sent,
    whole(output_cell) as got,
    whole(read_cell) as read_count,
    whole(write_cell) as write_count,
    amount(cost_cell) as cost
  from calls
),
filled as (
  select
    *,
    coalesce(read_count, 0) as cached,
    coalesce(write_count, 0) as written
  from numbers
),
meant as (
  select
    *,
    -- Whether what is sent includes what is cached: what cannot be otherwise, then what the writer does.
    case
      when cached + written = 0 then true
      when cached > sent then false
      when is_session then true
      when protocol = 'openai' then true
      when protocol = 'anthropic' then cached + written <= sent and started >= timestamp '2025-11-01'
      when
        regexp_full_match(
          provider_id, 'openai|openai-codex|litellm|requesty|fireworks|doubao|qwen|xai|zai|lmstudio|hicap'
        )
        then true
      when
        regexp_full_match(
          provider_id,
          'anthropic|bedrock|vertex|gemini|claude-code|openrouter|cline|vercel-ai-gateway|openai-native|deepseek'
          || '|moonshot|groq|minimax|aihubmix'
        )
        then false
      when cached + written > sent then false
      -- Hits and misses of a cache, which are all of the prompt.
      when cached + written = sent then true
    end as is_inclusive
  from filled
)
select
  path,
  first_bytes as bytes,
  case
    when emptiness is not null then emptiness
    when is_session and message.role is null then 'no role'
    when is_session and message.role <> 'assistant' then 'not a request: a message of another role'
    when not is_call and is_session then 'not a request: an answer of no model'
    when not is_call then 'not a request: a message of another kind'
    when started is null then 'no time'
    when is_counted and used is null then 'text is not valid JSON'
    when sent is null and input_cell is not null then 'input is not a whole number'
    when got is null and output_cell is not null then 'output is not a whole number'
    when read_count is null and read_cell is not null then 'cache reads is not a whole number'
    when write_count is null and write_cell is not null then 'cache writes is not a whole number'
    when cost is null and cost_cell is not null then 'cost is not a number'
    -- Those had no tokens yet: the end of the call, a message of its own, has them.
    when say = 'api_req_started' and input_cell is null and not is_failed and started < timestamp '2024-11-01'
      then 'not a request: the beginning of one'
  end as skip_reason,
  -- Without the task or session, which a copy of the messages in another one does not have.
  case when is_call then own_key('cline', null, coalesce(id, say), moment) end as request_key,
  id as upstream_id,
  started as started_at,
  coalesce(
    $constants['provider'],
    case
      -- Any compatible host.
      when provider_id = 'openai' or provider_id = 'openai-compatible' then null
      when provider_id = 'openai-native' then 'openai'
      when provider_id = 'gemini' then 'google'
      else provider_id
    end
  ) as provider,
  $constants['host'] as host,
  $constants['account'] as account,
  coalesce($constants['model'], model_id) as model,
  coalesce(
    $constants['operation'], case say
      when 'subagent_usage' then 'subagents'
      when 'condense_context' then 'condense'
      when 'deleted_api_reqs' then 'deleted requests'
    end
  ) as operation,
  $constants['access_key'] as access_key,
  $constants['project'] as project,
  $constants['user'] as "user",
  coalesce($constants['session'], nullif(sessionId, '')) as session,
  case when regexp_full_match(agent, 'subagent|teammate') then [agent] end as tags,
  case when is_failed then 'error' when say is distinct from 'deleted_api_reqs' and coalesce(input_cell, output_cell, cost_cell) is not null then 'ok' end as status,
  try_cast(http_status as bigint) as http_status,
  case
    when used.cancelReason = 'user_cancelled' then 'cancelled'
    when regexp_full_match(used.cancelReason, '\w{1,80}') then used.cancelReason
  end as error_type,
  nullif(case when is_inclusive then sent when not is_inclusive then sent + cached + written end, 0) as input_tokens,
  nullif(cached, 0) as cache_read_tokens,
  case
    when is_session then nullif(written, 0)
    -- What the cache did not have is not what was written to it.
    when is_inclusive and cached + written >= sent then null
    when regexp_full_match(provider_id, 'openai|fireworks|doubao|qwen|xai|hicap|deepseek') then null
    else nullif(written, 0)
  end as cache_write_5m_tokens,
  nullif(got, 0) as output_tokens,
  nullif(cost, 0) as reported_cost_usd,
  case when cost <> 0 then $constants['cost_kind'] end as reported_cost_kind
from meant
