-- Lines of a log of one's own: $count records with nested usage, one per line.
select
  format(
    '{{"timestamp":"{}","request_id":"req_{}","model":"{}","key_name":"{}","project":"{}","status":"{}","http_status":{},'
    || '"prompt":"scrubbed","latency_ms":{},"ttft_ms":{},"usage":{{"prompt_tokens":{},"completion_tokens":{},'
    || '"total_tokens":{},"prompt_tokens_details":{{"cached_tokens":{}}},'
    || '"completion_tokens_details":{{"reasoning_tokens":{}}}}},"cost_usd":{}}}',
    strftime(timestamp '2026-08-24' + to_microseconds(number * 7776000000000 // $count), '%Y-%m-%dT%H:%M:%S.%gZ'),
    md5('jsonl ' || number),
    ['openai/gpt-oss-120b', 'deepseek-ai/DeepSeek-V3.1', 'Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8'][number % 3 + 1],
    ['web-app', 'mobile-app', 'batch-jobs', 'evals'][(hash(number + 1) % 4)::bigint + 1],
    ['search', 'chat', ''][(hash(number + 2) % 3)::bigint + 1],
    case when number % 40 = 0 then 'error' else 'ok' end,
    case when number % 40 = 0 then 429 else 200 end,
    hash(number + 5) % 30000 + 200,
    hash(number + 5) % 200 + 20,
    hash(number + 3) % 6000 + 8,
    hash(number + 4) % 1500 + 1,
    hash(number + 3) % 6000 + 8 + hash(number + 4) % 1500 + 1,
    case when number % 3 = 0 then 0 else (hash(number + 3) % 6000 + 8) // 2 end,
    (hash(number + 4) % 1500 + 1) // 3,
    (hash(number + 3) % 6000) / 1e6
  ) as line
from range($count) as numbers (number)
