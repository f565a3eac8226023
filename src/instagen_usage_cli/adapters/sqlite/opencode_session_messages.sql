-- One row per message of OpenCode 2, in the shape of those of OpenCode 1, without any content. A summary of a session
-- says what it used, too. Late versions of OpenCode 1 have this table, too, but not that of the sessions: their messages
-- stand in another one.
select
  case
    when not json_valid(data) then data
    when json_type(data) <> 'object' then data
    when type = 'assistant' or (type = 'compaction' and data -> '$.tokens' is not null)
      then json_object(
        'id', id,
        'sessionID', session_id,
        'role', 'assistant',
        'type', type,
        'providerID', data -> '$.model.providerID',
        'modelID', data -> '$.model.id',
        'time',
        json_object(
          'created', data -> '$.time.created',
          'completed', coalesce(data -> '$.time.completed', case when type = 'compaction' then data -> '$.time.created' end)
        ),
        'path', json_object('root', directory),
        'cost', data -> '$.cost',
        'tokens',
        json_object(
          'input', data -> '$.tokens.input',
          'output', data -> '$.tokens.output',
          'reasoning', data -> '$.tokens.reasoning',
          'cache', json_object('read', data -> '$.tokens.cache.read', 'write', data -> '$.tokens.cache.write')
        ),
        'error',
        case
          when json_type(data, '$.error') = 'object'
            then json_object('name', data -> '$.error.type', 'data', json_object('statusCode', data -> '$.error.status'))
        end
      )
    else json_object('id', id, 'role', coalesce(type, 'unknown'))
  end
from (
  -- A cell may be of any type.
  select
    session_message.rowid as place,
    cast(session_message.id as text) as id,
    cast(session_message.session_id as text) as session_id,
    cast(session_message.type as text) as type,
    cast(session_message.data as text) as data,
    cast(session_v2.directory as text) as directory
  from session_message
  left join session_v2 on session_v2.id = session_message.session_id
)
order by place
