-- One row per message of OpenCode 1.2 and newer, and of Kilo CLI, in the shape of the files that older versions wrote,
-- without any content.
select
  case
    when not json_valid(data) then data
    when json_type(data) <> 'object' then data
    when data ->> '$.role' <> 'assistant' then json_object('id', id, 'role', data -> '$.role')
    else
      json_object(
        'id', id,
        'sessionID', session_id,
        'role', data -> '$.role',
        'providerID', data -> '$.providerID',
        'modelID', data -> '$.modelID',
        'time', json_object('created', data -> '$.time.created', 'completed', data -> '$.time.completed'),
        'path', json_object('root', data -> '$.path.root', 'cwd', data -> '$.path.cwd'),
        'cost', data -> '$.cost',
        'tokens',
        json_object(
          'total', data -> '$.tokens.total',
          'input', data -> '$.tokens.input',
          'output', data -> '$.tokens.output',
          'reasoning', data -> '$.tokens.reasoning',
          'cache', json_object('read', data -> '$.tokens.cache.read', 'write', data -> '$.tokens.cache.write')
        ),
        'error',
        case
          when json_type(data, '$.error') = 'object'
            then json_object(
              'name', data -> '$.error.name',
              'data', json_object('statusCode', data -> '$.error.data.statusCode')
            )
        end
      )
  end
from (
  -- A cell may be of any type.
  select
    rowid as place,
    cast(id as text) as id,
    cast(session_id as text) as session_id,
    cast(data as text) as data
  from message
)
order by place
