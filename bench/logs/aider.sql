-- Events of Aider's analytics log, a line each: of $count lines two in three are messages, the others no requests.
with events as (
  select
    range as n,
    1790000000 + range * 9 as clock,
    hash(range) % 20000 + 300 as sent,
    hash(range + 1) % 2000 + 10 as got,
    (hash(range + 2) % 90000)::bigint as price,
    ['openai/REDACTED', 'gemini/gemini-2.5-pro', 'deepseek/deepseek-chat'][(hash(range + 3) % 3)::bigint + 1] as model
  from range($count)
)
select
  case
    when n % 3 = 0
      then to_json(
        {
          'event': 'message_send_starting',
          'properties': '{}'::json,
          'user_id': 'c42c4e6b-f054-44d7-ae1f-6726cc41da88',
          'time': clock
        }
      )
    else to_json(
      {
        'event': 'message_send',
        'properties': {
          'main_model': model,
          'weak_model': 'openai/REDACTED',
          'editor_model': model,
          'edit_format': ['diff', 'ask', 'whole'][n % 3 + 1],
          'prompt_tokens': sent,
          'completion_tokens': got,
          'total_tokens': sent + got,
          'cost': price / 1000000,
          'total_cost': n * 3 / 100
        },
        'user_id': 'c42c4e6b-f054-44d7-ae1f-6726cc41da88',
        'time': clock
      }
    )
  end::varchar as line
from events
order by n
