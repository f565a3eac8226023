-- Pages of 10 entries of one-api's log, as /api/log/ answers them, a page per line: `$count` entries in all.
with numbers as (
  select
    range as n,
    (hash(range) % 1000000007)::bigint as h
  from range($count)
),
entries as (
  select
    n,
    {
      'id': 9000000 - n,
      'user_id': h % 40,
      'created_at': 1790000000 - n * 3,
      'type': 2,
      'content': '倍率：0.10 × 1.00 × 4.00',
      'username': 'user-' || h % 40,
      'token_name': 'token-' || h % 100,
      'model_name': ['deepseek-ai/DeepSeek-V3.1', 'openai/gpt-oss-120b', 'zai-org/GLM-4.5-Air'][h % 3 + 1],
      'quota': h % 20000,
      'prompt_tokens': h % 16000 + 1,
      'completion_tokens': h % 1900,
      'channel': h % 8,
      'request_id': '20260921' || lpad(n::varchar, 15, '0') || lpad((h % 100000000)::varchar, 8, '0'),
      'elapsed_time': h % 60000 + 1,
      'is_stream': h % 2 = 0,
      'system_prompt_reset': false
    } as entry
  from numbers
)
select to_json({'data': list(entry order by n), 'message': '', 'success': true})::varchar as line
from entries
group by n // 10
order by n // 10
