-- Lines of saved chat completions of InstaGen: $count bodies, one per line.
select
  format(
    '{{"id":"chatcmpl-{}","object":"chat.completion","created":{},"model":"{}","choices":[{{"index":0,'
    || '"message":{{"role":"assistant","content":"scrubbed","refusal":null,"annotations":null,"audio":null,'
    || '"function_call":null,"tool_calls":[],"reasoning_content":null}},"logprobs":null,"finish_reason":"stop",'
    || '"stop_reason":null}}],"service_tier":null,"system_fingerprint":null,"usage":{{"prompt_tokens":{},'
    || '"total_tokens":{},"completion_tokens":{},"prompt_tokens_details":{{"cached_tokens":{}}},'
    || '"completion_tokens_details":{{"reasoning_tokens":{}}}}},"prompt_logprobs":null,"kv_transfer_params":null}}',
    md5('response ' || number),
    1787529600 + number * 7776000 // $count,
    ['openai/gpt-oss-120b', 'deepseek-ai/DeepSeek-V3.1', 'Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8'][number % 3 + 1],
    hash(number + 3) % 6000 + 8,
    hash(number + 3) % 6000 + 8 + hash(number + 4) % 1500 + 1,
    hash(number + 4) % 1500 + 1,
    case when number % 3 = 0 then 0 else (hash(number + 3) % 6000 + 8) // 2 end,
    (hash(number + 4) % 1500 + 1) // 3
  ) as line
from range($count) as numbers (number)
