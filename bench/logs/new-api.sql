-- Pages of 100 entries of new-api's log, as /api/log/ answers them, a page per line: `$count` entries in all, of which a
-- twentieth are errors.
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
      'type': case when h % 20 = 0 then 5 else 2 end,
      'content': '模型倍率 0.80，补全倍率 1.00，分组倍率 1.00',
      'username': 'user-' || h % 40,
      'token_name': 'token-' || h % 100,
      'model_name': ['deepseek-ai/DeepSeek-V3.1', 'openai/gpt-oss-120b', 'zai-org/GLM-4.5-Air'][h % 3 + 1],
      'quota': case when h % 20 = 0 then 0 else h % 20000 end,
      'prompt_tokens': case when h % 20 = 0 then 0 else h % 16000 + 1 end,
      'completion_tokens': case when h % 20 = 0 then 0 else h % 1900 end,
      'use_time': h % 60,
      'is_stream': h % 2 = 0,
      'channel': h % 8,
      'channel_name': 'instagen-' || h % 8,
      'token_id': h % 100,
      'group': ['default', 'vip'][h % 2 + 1],
      'ip': '',
      'request_id': '20260921' || lpad(n::varchar, 15, '0') || md5(n::varchar)[:8],
      'upstream_request_id': case when h % 4 = 0 then 'chatcmpl-' || md5('answer' || n) else md5('header' || n) end,
      'other': case
        when h % 20 = 0
          then to_json(
            {
              'channel_id': h % 8,
              'channel_name': 'instagen-' || h % 8,
              'channel_type': 53,
              'error_code': 'rate_limit_exceeded',
              'error_type': 'openai_error',
              'request_path': '/v1/chat/completions',
              'status_code': 429,
              'admin_info': {'use_channel': ['3', '4']}
            }
          )::varchar
        else
          to_json(
            {
              'admin_info': {'use_channel': ['3'], 'local_count_tokens': false},
              'billing_source': 'wallet',
              'cache_ratio': 0.25,
              'cache_tokens': h % 2 * (h % 1000),
              'completion_ratio': 1,
              'frt': h % 9000 + 100,
              'group_ratio': 1,
              'model_price': -1,
              'model_ratio': 0.8,
              'request_conversion': ['OpenAI Compatible'],
              'request_path': '/v1/chat/completions',
              'stream_status': {'end_reason': 'done', 'status': 'ok'},
              'user_group_ratio': -1
            }
          )::varchar
      end
    } as entry
  from numbers
)
select
  to_json(
    {
      'data': {'page': min(n) // 100 + 1, 'page_size': 100, 'total': $count, 'items': list(entry order by n)},
      'message': '',
      'success': true
    }
  )::varchar as line
from entries
group by n // 100
order by n // 100
