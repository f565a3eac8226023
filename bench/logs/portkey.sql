-- Lines of a Portkey log export with every field, their bodies short, one request of $count each: 90 days.
with requests as (
  select
    number,
    1787529600000000 + number * (7776000000000 // $count) + (hash(number) % 1000000)::bigint as started,
    md5('request ' || number) as unique_id,
    200 + hash(number + 1) % 6000 as sent,
    20 + hash(number + 2) % 1500 as got,
    hash(number + 3) % 20 = 0 as failed,
    ['openai/gpt-oss-120b', 'deepseek-ai/DeepSeek-V3.1', 'Qwen/Qwen3-235B-A22B-Instruct-2507'][number % 3 + 1] as model
  from range($count) as numbers (number)
)
select
  format(
    '{{"id":"{}-{}-4{}-8{}-{}","trace_id":"{}","created_at":"{}Z",'
    || '"request":{{"method":"POST","url":"https://llm.submodel.ai/v1/chat/completions","headers":{{"content-type":'
    || '"application/json","accept":"application/json","user-agent":"OpenAI/Python 1.109.1","x-stainless-lang":'
    || '"python","x-stainless-os":"Linux","x-stainless-runtime":"CPython"}},"body":{{"model":"{}","messages":'
    || '[{{"role":"system","content":"redacted"}},{{"role":"user","content":"redacted"}}],"temperature":0.2,'
    || '"max_tokens":2048,"stream":false}}}},"response":{{"status":200,"headers":{{"content-type":'
    || '"application/json","server":"nginx","x-ratelimit-remaining-requests":"999"}},"body":{{"id":"chatcmpl-{}",'
    || '"object":"chat.completion","created":1787529600,"choices":[{{"index":0,"message":{{"role":"assistant",'
    || '"content":"redacted"}},"logprobs":null,"finish_reason":"stop"}}],"usage":{{"prompt_tokens":1,'
    || '"completion_tokens":1,"total_tokens":2}},"system_fingerprint":null}}}},'
    || '"is_success":{},"ai_org":"openai","ai_model":"{}","req_units":{},"res_units":{},"total_units":{},'
    || '"request_url":"https://llm.submodel.ai/v1/chat/completions","cost":{},"cost_currency":"USD",'
    || '"response_time":{},"response_status_code":{},"mode":"single","config":"pc-example","prompt_slug":null,'
    || '"metadata":{{"_user":"user-{}","environment":"production"}}}}',
    unique_id[:8],
    unique_id[9:12],
    unique_id[14:16],
    unique_id[18:20],
    unique_id[21:32],
    md5('trace ' || number // 4),
    strftime(make_timestamp(started), '%Y-%m-%dT%H:%M:%S.%g'),
    model,
    unique_id,
    case when failed then 'false' else 'true' end,
    model,
    case when failed then 0 else sent end,
    case when failed then 0 else got end,
    case when failed then 0 else sent + got end,
    case when failed or number % 2 = 0 then '0' else ((sent * 2 + got * 6) / 1e5)::decimal(18, 9)::varchar end,
    300 + got * 20,
    case when failed then 429 else 200 end,
    hash(number + 5) % 40
  ) as line
from requests
