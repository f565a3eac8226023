-- Lines of a CSV of single requests as a dashboard exports them: a heading, and $count records.
select 'Time (UTC),Request ID,Model,Access Key,Project,Status,Status Code,Input Tokens,Cached Tokens,Output Tokens,'
  || 'Reasoning Tokens,Total Tokens,Cost (USD),Latency (ms),TTFT (ms)' as line
union all
select
  format(
    '{},{},{},{},{},{},{},{},{},{},{},"{:,}",${:.6f},{},{}',
    strftime(timestamp '2026-08-24' + to_microseconds(number * 7776000000000 // $count), '%Y-%m-%d %H:%M:%S.%g'),
    'req_' || md5('csv ' || number),
    ['openai/gpt-oss-120b', 'deepseek-ai/DeepSeek-V3.1', 'Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8'][number % 3 + 1],
    ['web-app', 'mobile-app', 'batch-jobs', 'evals'][(hash(number + 1) % 4)::bigint + 1],
    ['search', 'chat', ''][(hash(number + 2) % 3)::bigint + 1],
    case when number % 40 = 0 then 'failed' else 'success' end,
    case when number % 40 = 0 then 429 else 200 end,
    hash(number + 3) % 6000 + 8,
    case when number % 3 = 0 then 0 else (hash(number + 3) % 6000 + 8) // 2 end,
    hash(number + 4) % 1500 + 1,
    case when number % 5 = 0 then '' else ((hash(number + 4) % 1500 + 1) // 3)::varchar end,
    (hash(number + 3) % 6000 + 8 + hash(number + 4) % 1500 + 1)::bigint,
    (hash(number + 3) % 6000) / 1e6,
    hash(number + 5) % 30000 + 200,
    hash(number + 5) % 200 + 20
  )
from range($count) as numbers (number)
