-- Lines of GET /api/v1/generation, one generation of $count each without its envelope: 90 days of a few models.
with generations as (
  select
    number,
    1787529600000000 + number * (7776000000000 // $count) + (hash(number) % 1000000)::bigint as started,
    md5('generation ' || number) as unique_id,
    200 + hash(number + 1) % 6000 as sent,
    20 + hash(number + 2) % 1500 as got,
    300 + hash(number + 3) % 900 as waited,
    hash(number + 4) % 40 as luck,
    hash(number + 5) % 5 as reader,
    ['openai/gpt-oss-120b', 'deepseek/deepseek-chat-v3.1', 'qwen/qwen3-coder', 'z-ai/glm-4.5'][number % 4 + 1] as model,
    ['DeepInfra', 'Groq', 'Together', 'SubModel'][(hash(number + 6) % 4 + 1)::bigint] as answered_by
  from range($count) as numbers (number)
)
select
  format(
    '{{"id":"gen-{}-{}","upstream_id":"chatcmpl-{}","total_cost":{},"usage":{},"cache_discount":null,'
    || '"upstream_inference_cost":{},"created_at":"{}+00:00","model":"{}","app_id":7,"streamed":{},"cancelled":{},'
    || '"provider_name":"{}","latency":{},"moderation_latency":null,"generation_time":{},"finish_reason":{},'
    || '"tokens_prompt":{},"tokens_completion":{},"native_tokens_prompt":{},"native_tokens_completion":{},'
    || '"native_tokens_completion_images":0,"native_tokens_reasoning":{},"native_tokens_cached":{},'
    || '"num_media_prompt":0,"num_input_audio_prompt":0,"num_media_completion":0,"num_search_results":0,'
    || '"num_fetches":0,"origin":"https://example.com/","http_referer":"https://example.com/","is_byok":{},'
    || '"native_finish_reason":"stop","external_user":"user-{}","api_type":"completions","router":null,'
    || '"provider_responses":[{{"status":200,"provider_name":"{}","latency":{},"is_byok":false}}],'
    || '"request_id":"req-{}","session_id":null,"preset_id":null,"service_tier":null,"user_agent":"python/3.12",'
    || '"web_search_engine":null,"workspace_id":"550e8400-e29b-41d4-a716-446655440000","data_region":"global"}}',
    started // 1000000,
    unique_id[:20],
    unique_id,
    ((sent * 2 + got * 6) / 1e7)::decimal(18, 10),
    ((sent * 2 + got * 6) / 1e7)::decimal(18, 10),
    case when luck = 1 then '0.0025' else 'null' end,
    strftime(make_timestamp(started), '%Y-%m-%dT%H:%M:%S.%f'),
    model,
    case when number % 3 = 0 then 'false' else 'true' end,
    case when luck = 0 then 'true' else 'false' end,
    answered_by,
    waited,
    waited + got * 20,
    case when luck = 0 then 'null' else '"stop"' end,
    sent - sent // 20,
    got,
    sent,
    got,
    case when number % 4 = 1 then got // 2 else 0 end,
    case when reader = 0 then sent // 2 else 0 end,
    case when luck = 1 then 'true' else 'false' end,
    hash(number + 7) % 40,
    answered_by,
    waited,
    unique_id[:24]
  ) as line
from generations
