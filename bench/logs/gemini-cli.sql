-- Lines of one of Gemini CLI's newer sessions: its head, then by turns a prompt, a change, an answer and the same answer
-- with its tokens. $count lines in all.
with lines as (
  select
    range as n,
    make_timestamp(1790000000000000 + range // 4 * 7000000) as moment,
    substr(md5('message ' || range // 4), 1, 8) || '-0000-4000-8000-' || lpad((range // 4)::varchar, 12, '0') as id,
    range % 4 as kind,
    hash(range // 4) % 30000 + 500 as sent,
    hash(range // 4 + 1) % 1500 + 10 as got,
    hash(range // 4 + 2) % 800 as thought,
    ['gemini-2.5-pro', 'gemini-2.5-flash', 'gemini-3-pro-preview'][(hash(range // 4 + 3) % 3)::bigint + 1] as model
  from range($count)
),
texts as (
  select
    *,
    strftime(moment, '%Y-%m-%dT%H:%M:%S.%gZ') as clock
  from lines
)
select
  case
    when n = 0
      then to_json(
        {
          'sessionId': '5b0c7e1a-2f4d-4c8e-9a61-3d7f0e8b2c11',
          'projectHash': '9d1f6c0e5a7b4832f1c6d0a9e4b7852301fc6d9a8e4b7c5230f1d6a9e8b4c721',
          'startTime': clock,
          'lastUpdated': clock,
          'kind': 'main'
        }
      )::varchar
    when kind = 0
      then to_json(
        {'id': 'a' || id[2:], 'timestamp': clock, 'type': 'user', 'content': [{'text': 'scrubbed'}]}
      )::varchar
    when kind = 1 then '{"$set":{"lastUpdated":"' || clock || '"}}'
    when kind = 2
      then to_json(
        {
          'id': id,
          'timestamp': clock,
          'type': 'gemini',
          'content': 'scrubbed',
          'thoughts': [{'subject': 'scrubbed', 'description': 'scrubbed', 'timestamp': clock}],
          'tokens': null,
          'model': model
        }
      )::varchar
    else to_json(
      {
        'id': id,
        'timestamp': clock,
        'type': 'gemini',
        'content': 'scrubbed',
        'thoughts': [{'subject': 'scrubbed', 'description': 'scrubbed', 'timestamp': clock}],
        'tokens': {
          'input': sent,
          'output': got,
          'cached': sent // 2,
          'thoughts': thought,
          'tool': 0,
          'total': sent + got + thought
        },
        'model': model
      }
    )::varchar
  end as line
from texts
order by n
