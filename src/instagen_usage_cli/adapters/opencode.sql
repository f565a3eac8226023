-- One row per message of OpenCode: a row of its database, a file each, or all those of a session that was exported.
-- Requests are the answers. Cached and written tokens stand beside the input, reasoning beside the output, as the total
-- shows; where there is none (1.1.56 and older), reasoning is part of the output, but for Google's. OpenCode 2, which
-- has a type and no total, has it beside. What nobody counted is written as 0. A fork of a session has copies of its
-- messages under ids of their own and with the times of the calls, which therefore are who a request is. The id of a
-- message holds the time when it was made, which for a copy is after the end of the call.
with documents as (
  select
    path as file,
    text,
    bytes,
    unnest(
      try(
        json_transform(
          text,
          '{
            "id": "VARCHAR", "sessionID": "VARCHAR", "messageID": "VARCHAR", "projectID": "VARCHAR",
            "role": "VARCHAR", "type": "VARCHAR", "providerID": "VARCHAR", "modelID": "VARCHAR", "cost": "VARCHAR",
            "time": {"created": "VARCHAR", "completed": "VARCHAR"},
            "path": {"root": "VARCHAR", "cwd": "VARCHAR"},
            "tokens": {
              "total": "VARCHAR", "input": "VARCHAR", "output": "VARCHAR", "reasoning": "VARCHAR",
              "cache": {"read": "VARCHAR", "write": "VARCHAR"}
            },
            "error": {"name": "VARCHAR", "data": {"statusCode": "VARCHAR"}},
            "info": {"id": "VARCHAR"},
            "messages": [{
              "info": {
                "id": "VARCHAR", "sessionID": "VARCHAR", "role": "VARCHAR", "type": "VARCHAR",
                "providerID": "VARCHAR", "modelID": "VARCHAR", "cost": "VARCHAR",
                "time": {"created": "VARCHAR", "completed": "VARCHAR"},
                "path": {"root": "VARCHAR", "cwd": "VARCHAR"},
                "tokens": {
                  "total": "VARCHAR", "input": "VARCHAR", "output": "VARCHAR", "reasoning": "VARCHAR",
                  "cache": {"read": "VARCHAR", "write": "VARCHAR"}
                },
                "error": {"name": "VARCHAR", "data": {"statusCode": "VARCHAR"}}
              }
            }]
          }'
        )
      )
    )
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
opened as (
  select
    file,
    bytes,
    case
      when role is not null or len(messages) > 0 then null
      when messageID is not null then 'not a request: a part of a message'
      when projectID is not null or info is not null then 'not a request: a session'
      else coalesce(text_problem(text), 'no role')
    end as emptiness,
    case
      when role is null and len(messages) > 0 then list_transform(messages, lambda message: message.info)
      else
        [
          {
            'id': id,
            'sessionID': sessionID,
            'role': role,
            'type': type,
            'providerID': providerID,
            'modelID': modelID,
            'cost': cost,
            'time': time,
            'path': path,
            'tokens': tokens,
            'error': error
          }
        ]
    end as messages
  from documents
),
listed as (
  select
    file,
    emptiness,
    unnest(messages) as message,
    case when unnest(generate_series(1, len(messages))) = 1 then bytes end as first_bytes
  from opened
),
fields as (
  select
    * exclude (message),
    unnest(message)
  from listed
),
answers as (
  select
    *,
    coalesce(role = 'assistant', false) as is_answer,
    error is not null as is_failed,
    whole("time".created) as created,
    whole("time".completed) as completed,
    whole(tokens.input) as uncached,
    whole(tokens.output) as answered,
    whole(tokens.reasoning) as thought,
    whole(tokens.cache.read) as cached,
    whole(tokens.cache.write) as written,
    whole(tokens.total) as totalled,
    amount(cost) as dollars,
    -- Bits of a time in milliseconds, as many as an id has.
    try_cast('0x' || id[5:13] as bigint) - (whole("time".completed) & 68719476735) > 0 as is_copy
  from fields
),
counts as (
  select
    *,
    case when is_answer and created < 1e13 then make_timestamp(created * 1000) end as started,
    uncached + coalesce(cached, 0) + coalesce(written, 0) as prompted,
    coalesce(uncached, 0) + coalesce(answered, 0) + coalesce(thought, 0) + coalesce(cached, 0) + coalesce(written, 0)
    + coalesce(totalled, 0)
    > 0 as has_tokens,
    starts_with(providerID, 'google') or type is not null or thought > answered as has_it_beside
  from answers
),
sums as (
  select
    *,
    case
      when not has_tokens then null
      when coalesce(thought, 0) = 0 then answered
      when totalled > 0 and prompted + answered = totalled then answered
      when totalled > 0 or has_it_beside then answered + thought
      else answered
    end as got
  from counts
)
select
  file as path,
  first_bytes as bytes,
  case
    when role is not null and not is_answer then 'not a request: a message of another type'
    when emptiness is not null then emptiness
    when role is null then 'no role'
    when started is null then 'no time'
    when "time".completed is null then 'not a request: an answer that has not ended'
    when completed is null then 'completed is not a whole number'
    -- The client found no key to call with.
    when error.name = 'ProviderAuthError' and not has_tokens then 'not a request: an error before any call'
    -- Old versions subtracted more than there was.
    when uncached is null and not starts_with(tokens.input, '-') then 'input is not a whole number'
    when answered is null and not starts_with(tokens.output, '-') then 'output is not a whole number'
    when thought is null and tokens.reasoning is not null then 'reasoning is not a whole number'
    when cached is null and tokens.cache.read is not null then 'cache.read is not a whole number'
    when written is null and tokens.cache.write is not null then 'cache.write is not a whole number'
    when totalled is null and tokens.total is not null then 'total is not a whole number'
    when dollars is null and cost is not null then 'cost is not a number'
  end as skip_reason,
  case when is_answer then own_key('opencode', providerID, modelID, json_array(created, completed)::varchar) end
    as request_key,
  nullif(id, '') as upstream_id,
  started as started_at,
  coalesce(
    $constants['provider'],
    case
      when lower(providerID) = 'submodel' or lower(providerID) = 'instagen' then 'instagen'
      else nullif(providerID, '')
    end
  ) as provider,
  $constants['host'] as host,
  $constants['account'] as account,
  coalesce($constants['model'], nullif(modelID, '')) as model,
  $constants['operation'] as operation,
  $constants['access_key'] as access_key,
  coalesce(
    $constants['project'],
    case
      when is_answer
        then coalesce(
          -- Without a repository the root is that of the disk.
          nullif(parse_filename(path.root, false, 'both_slash'), ''),
          nullif(parse_filename(path.cwd, false, 'both_slash'), '')
        )
    end
  ) as project,
  $constants['user'] as "user",
  coalesce($constants['session'], case when is_copy then null else nullif(sessionID, '') end) as session,
  case when is_failed then 'error' else 'ok' end as status,
  case when is_failed and whole(error.data.statusCode) between 100 and 599 then whole(error.data.statusCode) end
    as http_status,
  -- The name of an error; where it is anything else it may be a text.
  case when is_failed and regexp_full_match(error.name, '[\w.:/$-]{1,80}') then error.name end as error_type,
  case when has_tokens then prompted end as input_tokens,
  case when has_tokens then nullif(cached, 0) end as cache_read_tokens,
  case when has_tokens then nullif(written, 0) end as cache_write_5m_tokens,
  got as output_tokens,
  case when thought <= got then nullif(thought, 0) end as reasoning_tokens,
  nullif(totalled, 0) as reported_total_tokens,
  nullif(dollars, 0) as reported_cost_usd,
  case when dollars <> 0 then $constants['cost_kind'] end as reported_cost_kind
from sums
