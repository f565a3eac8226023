-- Messages of OpenCode as its files had them, one per line: turns of four, a prompt with the change it led to and three
-- answers; one answer in fifty failed. Short texts; the same count always gives the same lines.
with numbers as (
  select
    range as n,
    range % 4 as place,
    hash(range) as h,
    1787529600000 + range * 4000 as created,
    format('ses_{:012x}ffe{:014d}', hash(range // 200, 'session') % 281474976710656, range // 200) as session_id,
    format('/home/dev/project-{}', range // 200 % 12) as folder,
    (200 + hash(range) % 6000)::bigint as uncached,
    (1000 + (hash(range) >> 16) % 60000)::bigint as cached,
    ((hash(range) >> 32) % 1200 + 1)::bigint as answered
  from range($count)
)
select
  case
    when place = 0
      then json_object(
        'id', format('msg_{:012x}{:014d}', created * 4096 % 281474976710656, n),
        'sessionID', session_id,
        'role', 'user',
        'time', json_object('created', created),
        'summary', json_object(
          'title', 'a short question',
          'diffs', json_array(
            json_object(
              'file', format('src/module_{}.py', h % 90),
              'before', repeat('a line of a file as it was before', 8),
              'after', repeat('a line of a file as it is after it', 8),
              'additions', h % 40,
              'deletions', h % 20
            )
          )
        ),
        'agent', 'build',
        'model', json_object('providerID', 'submodel', 'modelID', 'openai/gpt-oss-120b')
      )
    else
      json_object(
        'id', format('msg_{:012x}{:014d}', created * 4096 % 281474976710656, n),
        'sessionID', session_id,
        'role', 'assistant',
        'time', json_object('created', created, 'completed', created + 900 + (h % 3000)::bigint),
        case when h % 50 = 0 then 'error' else 'finish' end,
        case
          when h % 50 = 0
            then json_object(
              'name', 'APIError',
              'data', json_object('message', 'Rate limit reached', 'statusCode', 429, 'isRetryable', true)
            )
          else '"stop"'::json
        end,
        'parentID', format('msg_{:012x}{:014d}', (created - place * 4000) * 4096 % 281474976710656, n - place),
        'modelID', case n // 4 % 2 when 0 then 'openai/gpt-oss-120b' else 'deepseek-ai/DeepSeek-V3.1' end,
        'providerID', 'submodel',
        'mode', 'build',
        'agent', 'build',
        'path', json_object('cwd', folder, 'root', folder),
        'cost', case when h % 50 > 0 then uncached / 1e7 else 0 end,
        'tokens',
        case
          when h % 50 = 0
            then json_object('input', 0, 'output', 0, 'reasoning', 0, 'cache', json_object('read', 0, 'write', 0))
          else
            json_object(
              'total', uncached + cached + answered,
              'input', uncached,
              'output', answered - answered // 4,
              'reasoning', answered // 4,
              'cache', json_object('read', cached, 'write', 0)
            )
        end
      )
  end::varchar as line
from numbers
order by n
