-- One row per message of Gemini CLI's sessions. Older versions write one JSON document with a list of messages; newer
-- ones write a line per message, again for each change to it, behind a line with the id of the session, and lines ($set)
-- that may repeat all messages. Requests are the answers (`gemini`): taken back ($rewindTo) or not, they were made. Input
-- includes cached tokens; thoughts stand beside output. Google's total says that tool prompts stand beside the input, too.
with sessions as materialized (
  -- Which session the lines of a file belong to, its first line says, and one more where the session was resumed.
  select map_from_entries(list({'path': path, 'session': session})) as by_path
  from (
    select
      path,
      min(
        case
          when json_valid(text)
            then try(coalesce(json_extract_string(text, '$.sessionId'), json_extract_string(text, '$."$set".sessionId')))
        end
      ) as session
    from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
    where contains(text, '"sessionId"')
    group by path
  )
),
documents as (
  select
    texts.path,
    texts.text,
    texts.bytes,
    sessions.by_path,
    try(
      json_transform(
        texts.text,
        '{
          "sessionId": "VARCHAR", "id": "VARCHAR", "timestamp": "VARCHAR", "type": "VARCHAR", "model": "VARCHAR",
          "tokens": {
            "input": "VARCHAR", "output": "VARCHAR", "cached": "VARCHAR", "thoughts": "VARCHAR", "tool": "VARCHAR",
            "total": "VARCHAR"
          },
          "messages": [{
            "id": "VARCHAR", "timestamp": "VARCHAR", "type": "VARCHAR", "model": "VARCHAR",
            "tokens": {
              "input": "VARCHAR", "output": "VARCHAR", "cached": "VARCHAR", "thoughts": "VARCHAR", "tool": "VARCHAR",
              "total": "VARCHAR"
            }
          }],
          "$set": {
            "messages": [{
              "id": "VARCHAR", "timestamp": "VARCHAR", "type": "VARCHAR", "model": "VARCHAR",
              "tokens": {
                "input": "VARCHAR", "output": "VARCHAR", "cached": "VARCHAR", "thoughts": "VARCHAR", "tool": "VARCHAR",
                "total": "VARCHAR"
              }
            }]
          },
          "$rewindTo": "VARCHAR"
        }'
      )
    ) as body
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer) as texts
  cross join sessions
),
opened as (
  select
    path,
    bytes,
    case
      when coalesce(body.type, body.sessionId) is null and body."$set" is null and body."$rewindTo" is null
        then coalesce(text_problem(text), 'no type')
      when body.type is not null then null
      when body."$rewindTo" is not null then 'not a request: a rewind'
      when len(coalesce(body.messages, body."$set".messages)) > 0 then null
      when body."$set" is not null then 'not a request: a change to the session'
      else 'not a request: the head of a session'
    end as emptiness,
    case
      when body.sessionId is not null then body.sessionId
      when body.type = 'gemini' or len(body."$set".messages) > 0 then by_path[path]
    end as session,
    case
      when body.type is null and len(coalesce(body.messages, body."$set".messages)) > 0
        then coalesce(body.messages, body."$set".messages)
      else
        [
          {
            'id': body.id,
            'timestamp': body.timestamp,
            'type': body.type,
            'model': body.model,
            'tokens': body.tokens
          }
        ]
    end as messages
  from documents
),
listed as (
  select
    path,
    emptiness,
    session,
    unnest(messages) as message,
    case when unnest(generate_series(1, len(messages))) = 1 then bytes end as first_bytes
  from opened
),
answers as (
  select
    *,
    message.type as type,
    coalesce(message.type = 'gemini', false) as is_answer,
    nullif(message.id, '') as id,
    case when message.type = 'gemini' then epoch_or_utc(message.timestamp) end as started,
    nullif(message.model, '') as model,
    whole(message.tokens.input) as sent,
    whole(message.tokens.output) as answered,
    whole(message.tokens.cached) as cached,
    whole(message.tokens.thoughts) as thought,
    whole(message.tokens.tool) as tool_sent,
    whole(message.tokens.total) as totalled
  from listed
),
counts as (
  select
    *,
    -- What the answer does not count is written as 0.
    coalesce(sent, 0) + coalesce(answered, 0) + coalesce(thought, 0) + coalesce(tool_sent, 0) + coalesce(totalled, 0)
    > 0 as has_tokens,
    answered + coalesce(thought, 0) as got
  from answers
)
select
  path,
  first_bytes as bytes,
  case
    when emptiness is not null then emptiness
    when type is null then 'no type'
    when not is_answer then 'not a request: a message of another type'
    -- A summary of what went before, or a note: nobody was asked for it here.
    when model is null and message.tokens is null then 'not a request: an answer of no model'
    when started is null then 'no time'
    when sent is null and message.tokens.input is not null then 'input is not a whole number'
    when answered is null and message.tokens.output is not null then 'output is not a whole number'
    when cached is null and message.tokens.cached is not null then 'cached is not a whole number'
    when thought is null and message.tokens.thoughts is not null then 'thoughts is not a whole number'
    when tool_sent is null and message.tokens.tool is not null then 'tool is not a whole number'
    when totalled is null and message.tokens.total is not null then 'total is not a whole number'
  end as skip_reason,
  case
    when not is_answer then null
    -- With its time, which stays when it is written again, and not with its session, which a part of a file lacks.
    when is_unique_id(id) then own_key('gemini-cli', null, id, message.timestamp)
    when id is not null then own_key('gemini-cli', session, id, message.timestamp)
    else
      md5(
        json_array('gemini-cli', session, message.timestamp, model, sent, answered, cached, thought, tool_sent, totalled)
        ::varchar
      )::uuid
  end as request_key,
  id is null as is_by_cells,
  id as upstream_id,
  started as started_at,
  coalesce($constants['provider'], 'google') as provider,
  $constants['host'] as host,
  $constants['account'] as account,
  coalesce($constants['model'], model) as model,
  $constants['operation'] as operation,
  $constants['access_key'] as access_key,
  $constants['project'] as project,
  $constants['user'] as "user",
  coalesce($constants['session'], session) as session,
  case when has_tokens then 'ok' end as status,
  case
    when not has_tokens then null
    when sent + got = totalled then sent
    else sent + coalesce(tool_sent, 0)
  end as input_tokens,
  case when has_tokens then cached end as cache_read_tokens,
  case when has_tokens then got end as output_tokens,
  case when has_tokens then thought end as reasoning_tokens,
  nullif(totalled, 0) as reported_total_tokens
from counts
