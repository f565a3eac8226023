-- Sessions of Cline 3 (CLI) and 4.1 (VS Code), a document per line: a hundred messages each, of which half are answers
-- with what they used. Short texts; the same count always gives the same lines.
with numbers as (
  select
    range as n,
    range // 100 as session,
    hash(range) as h,
    hash(range // 100, 'session') as s
  from range($count)
),
messages as (
  select
    *,
    1787529600000 + session * 600000 + n % 100 * 5000 as ts,
    (4000 + h % 60000)::bigint as prompted,
    ((h >> 16) % 1200 + 1)::bigint as completed
  from numbers
),
written as (
  select
    n,
    session,
    s,
    ts,
    case
      when n % 2 = 0
        then json_object(
          'id', format('{:08x}-0000-4000-8000-{:012x}', h % 4294967296, n),
          'role', 'user',
          'content', json_array(json_object('type', 'text', 'text', 'a short question, or what a tool said')),
          'ts', ts
        )
      else
        json_object(
          'id', format('msg_{:08x}', h % 4294967296),
          'role', 'assistant',
          'content', json_array(
            json_object('type', 'thinking', 'thinking', 'a short thought'),
            json_object('type', 'text', 'text', 'a short answer')
          ),
          'ts', ts,
          'modelInfo', json_object(
            'id', ['openai/gpt-oss-120b', 'deepseek-ai/DeepSeek-V3.1'][(session % 2 + 1)::bigint],
            'provider', 'openai-compatible'
          ),
          'metrics', json_object(
            'inputTokens', prompted,
            'outputTokens', completed,
            'cacheReadTokens', prompted // 2,
            'cacheWriteTokens', 0
          )
        )
    end as message
  from messages
)
select
  json_object(
    'version', 1,
    'updated_at', strftime(make_timestamp(max(ts) * 1000), '%Y-%m-%dT%H:%M:%S.%gZ'),
    'agent', 'lead',
    'sessionId', format('{}_{:05x}', min(ts), s % 1048576),
    'origin', json_object('source', 'cli', 'mode', 'user', 'version', '3.0.65'),
    'messages', list(message order by n),
    'system_prompt', 'a short one'
  )::varchar as line
from written
group by session, s
order by session
