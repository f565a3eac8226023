-- One row per line of a Claude Code session, and one per step within an answer that its counts leave out: an advisor that
-- was asked, or a compaction of what was said before. Input tokens leave out cached ones. An answer is written line by
-- line, each with its usage so far, and again where a session goes on in another file: the id of the message is what stays,
-- in a side chain even the request id differs. The time is that of the line, the nearest there is to the start. What a
-- gateway answers under an id of its own is told apart by what was sent, which is the same on all lines of an answer.
with found as (
  -- Most of a session is text that was read or written: what can be no answer is not looked into. A line that says
  -- neither its type nor a role may be one; what the user or a tool said is searched through but once.
  select
    path,
    bytes,
    case
      when contains(text, '"assistant"') then text
      when not contains(text, '"type":"user"') and contains(text, '"usage"') then text
      when starts_with(text, '{') and ends_with(text, '}') then '{}'
      else text
    end as text
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
lines as (
  select
    path,
    text,
    bytes,
    unnest(
      fields_of(
        text,
        '{
          "type": "VARCHAR", "timestamp": "VARCHAR", "sessionId": "VARCHAR", "cwd": "VARCHAR", "uuid": "VARCHAR",
          "requestId": "VARCHAR", "isApiErrorMessage": "VARCHAR", "apiErrorStatus": "VARCHAR", "error": "VARCHAR",
          "costUSD": "VARCHAR",
          "message": {
            "id": "VARCHAR", "role": "VARCHAR", "model": "VARCHAR",
            "usage": {
              "input_tokens": "VARCHAR", "output_tokens": "VARCHAR", "cache_read_input_tokens": "VARCHAR",
              "cache_creation_input_tokens": "VARCHAR",
              "cache_creation": {
                "ephemeral_5m_input_tokens": "VARCHAR", "ephemeral_1h_input_tokens": "VARCHAR"
              },
              "output_tokens_details": {"thinking_tokens": "VARCHAR"},
              "service_tier": "VARCHAR", "speed": "VARCHAR",
              "iterations": "JSON"
            }
          }
        }'
      )
    )
  from found
),
answers as (
  -- Files have few lines each, and each column that is carried on costs as much for a few as for many.
  select
    path,
    bytes,
    timestamp,
    sessionId,
    uuid,
    apiErrorStatus,
    costUSD,
    message.model as own_model,
    message.usage as usage,
    case when type is null and timestamp is null and message is null then text_problem(text) end as problem,
    message is not null
    and coalesce(type, 'assistant') = 'assistant'
    and coalesce(message.role, 'assistant') = 'assistant' as is_answer,
    coalesce(isApiErrorMessage = 'true', false) as is_failed,
    -- A code; where it is anything else it may be a text.
    case when is_failed and regexp_full_match(error, '[a-z_]{1,40}') then error end as error_code,
    nullif(message.id, '') as id,
    nullif(requestId, '') as request_id,
    nullif(regexp_extract(cwd, '([^/\\]+)[/\\]*$', 1), '') as folder,
    -- Other iterations are within the counts of the answer.
    case
      when contains(message.usage.iterations, '"advisor_message"') or contains(message.usage.iterations, '"compaction"')
        then list_filter(
          json_transform(
            message.usage.iterations,
            '[{
              "type": "VARCHAR", "model": "VARCHAR",
              "input_tokens": "VARCHAR", "output_tokens": "VARCHAR", "cache_read_input_tokens": "VARCHAR",
              "cache_creation_input_tokens": "VARCHAR",
              "cache_creation": {"ephemeral_5m_input_tokens": "VARCHAR", "ephemeral_1h_input_tokens": "VARCHAR"}
            }]'
          ),
          lambda each: each.type = 'advisor_message' or each.type = 'compaction'
        )
    end as steps
  from lines
),
calls as (
  select
    *,
    unnest(range(1 + coalesce(len(steps), 0))) as nth
  from answers
),
counted as (
  select
    *,
    nth > 0 as is_step,
    coalesce(case when nth > 0 then steps[nth].model end, nullif(own_model, '<synthetic>')) as answering,
    case when nth > 0 then steps[nth].input_tokens else usage.input_tokens end as raw_input,
    case when nth > 0 then steps[nth].output_tokens else usage.output_tokens end as raw_output,
    whole(raw_input) as uncached,
    whole(raw_output) as got,
    whole(
      case when nth > 0 then steps[nth].cache_read_input_tokens else usage.cache_read_input_tokens end
    ) as cached,
    whole(
      case
        when nth > 0 then steps[nth].cache_creation_input_tokens
        else usage.cache_creation_input_tokens
      end
    ) as created,
    case when nth > 0 then steps[nth].cache_creation else usage.cache_creation end as creation,
    amount(costUSD) as cost,
    epoch_or_utc(timestamp) as started
  from calls
),
written as (
  select
    *,
    whole(creation.ephemeral_5m_input_tokens) as said_5m,
    whole(creation.ephemeral_1h_input_tokens) as written_1h,
    -- Before there was a choice, everything was written for 5 minutes.
    case
      when created is not null or said_5m is not null or written_1h is not null
        then greatest(coalesce(created, 0) - coalesce(written_1h, 0), coalesce(said_5m, 0))
    end as written_5m,
    -- Where all counts are 0 nobody counted.
    coalesce(uncached, 0) + coalesce(got, 0) + coalesce(cached, 0) + coalesce(created, 0) = 0 as is_uncounted
  from counted
),
known as (
  select
    *,
    case
      when not is_answer then null
      when is_unique_id(id) then upstream_key(id, null)
      when id is not null and request_id is null
        then own_key('claude-code', $constants['host'], id, json_array(sessionId, raw_input, cached, created)::varchar)
      when coalesce(request_id, uuid) is not null
        then own_key('claude-code', $constants['host'], coalesce(request_id, uuid), id)
      else own_key('claude-code', sessionId, timestamp, json_array(answering, raw_input, raw_output, cached)::varchar)
    end as answer_key
  from written
)
select
  path,
  case when nth = 0 then bytes end as bytes,
  case
    when problem is not null then problem
    when not is_answer then 'not a request: another line of a session'
    when is_failed and request_id is null and apiErrorStatus is null
      then 'not a request: an error before any call'
    when not is_failed and own_model = '<synthetic>' then 'not a request: a line of the client itself'
    when not is_failed and usage is null and request_id is null then 'not a request: an answer without usage'
    when started is null then 'no time'
    when uncached is null and raw_input is not null then 'input_tokens is not a whole number'
    when got is null and raw_output is not null then 'output_tokens is not a whole number'
    when cost is null and costUSD is not null then 'costUSD is not a number'
  end as skip_reason,
  id is null and request_id is null and uuid is null as is_by_cells,
  case when is_step then md5(json_array('advisor', answer_key, nth)::varchar)::uuid else answer_key end
    as request_key,
  coalesce(case when not is_failed then id end, request_id, uuid) as upstream_id,
  started as started_at,
  coalesce(
    $constants['provider'],
    case
      when starts_with(id, 'msg_bdrk_') then 'bedrock'
      when starts_with(id, 'msg_vrtx_') then 'vertex_ai'
      -- An OpenAI-compatible server behind a gateway: it could be anybody.
      when regexp_matches(id, '^(chatcmpl-|resp_|gen-)') then null
      else 'anthropic'
    end
  ) as provider,
  $constants['host'] as host,
  $constants['account'] as account,
  coalesce($constants['model'], nullif(answering, '')) as model,
  $constants['operation'] as operation,
  $constants['access_key'] as access_key,
  coalesce($constants['project'], case when is_answer then folder end) as project,
  $constants['user'] as "user",
  coalesce($constants['session'], nullif(sessionId, '')) as session,
  case when is_failed then 'error' else 'ok' end as status,
  case when is_failed and whole(apiErrorStatus) between 100 and 599 then whole(apiErrorStatus) end as http_status,
  error_code as error_type,
  -- Fast mode has prices of its own, as a tier has.
  case when usage.speed = 'fast' then 'fast' else nullif(usage.service_tier, '') end as service_tier,
  case when not is_uncounted then uncached + coalesce(cached, 0) + coalesce(written_5m, 0) + coalesce(written_1h, 0) end
    as input_tokens,
  case when not is_uncounted then cached end as cache_read_tokens,
  case when not is_uncounted then written_5m end as cache_write_5m_tokens,
  case when not is_uncounted then written_1h end as cache_write_1h_tokens,
  case when not is_uncounted then got end as output_tokens,
  case when not is_uncounted and not is_step then whole(usage.output_tokens_details.thinking_tokens) end
    as reasoning_tokens,
  case when not is_step then nullif(cost, 0) end as reported_cost_usd,
  case when not is_step and cost <> 0 then $constants['cost_kind'] end as reported_cost_kind
from known
