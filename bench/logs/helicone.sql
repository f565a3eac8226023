-- Lines of Helicone's export tool without bodies, one request of $count each: 90 days of a few models.
with requests as (
  select
    number,
    1787529600000000 + number * (7776000000000 // $count) + (hash(number) % 1000000)::bigint as started,
    md5('request ' || number) as unique_id,
    200 + hash(number + 1) % 6000 as sent,
    20 + hash(number + 2) % 1500 as got,
    hash(number + 3) % 20 as luck,
    hash(number + 4) % 5 as reader,
    ['openai/gpt-oss-120b', 'deepseek-ai/DeepSeek-V3.1', 'Qwen/Qwen3-235B-A22B-Instruct-2507'][number % 3 + 1] as model
  from range($count) as numbers (number)
),
counted as (
  select
    *,
    case when reader = 0 then sent // 2 else 0 end as cached,
    case when number % 4 = 1 then got // 2 else 0 end as reasoned,
    unique_id[:8] || '-' || unique_id[9:12] || '-4' || unique_id[14:16] || '-8' || unique_id[18:20] as id_head
  from requests
)
select
  format(
    '{{"response_id":"{}-{}","response_body":{{"helicone_message":"redacted"}},"response_created_at":"{}",'
    || '"response_status":{},"request_id":"{}-{}","request_body":{{"helicone_message":"redacted"}},'
    || '"request_created_at":"{}","request_user_id":"user-{}",'
    || '"request_properties":{{"Helicone-Session-Id":"session-{}","Environment":"production"}},'
    || '"provider":"CUSTOM","delay_ms":{},"request_model":"{}","ai_gateway_body_mapping":"NO_MAPPING",'
    || '"time_to_first_token":{},"total_tokens":{},"completion_tokens":{},"reasoning_tokens":{},"prompt_tokens":{},'
    || '"prompt_cache_read_tokens":{},"prompt_cache_write_tokens":0,"country_code":"DE","scores":{{}},'
    || '"properties":{{"Helicone-Session-Id":"session-{}","Environment":"production"}},"asset_ids":[],'
    || '"target_url":"https://llm.submodel.ai/v1/chat/completions",'
    || '"cache_reference_id":"00000000-0000-0000-0000-000000000000","request_referrer":"","cache_enabled":false,'
    || '"cost":{},"prompt_id":"","prompt_version":"","updated_at":"{}","storage_location":"s3","size_bytes":{}}}',
    id_head,
    unique_id[20:31],
    strftime(make_timestamp(started + got::bigint * 20000), '%Y-%m-%d %H:%M:%S.%g'),
    case when luck = 0 then 429 else 200 end,
    id_head,
    unique_id[21:32],
    strftime(make_timestamp(started), '%Y-%m-%d %H:%M:%S.%g'),
    hash(number + 5) % 40,
    number // 6,
    300 + got * 20,
    model,
    case when number % 3 = 0 then 0 else 300 end,
    case when luck = 0 then 0 else sent - cached + got end,
    case when luck = 0 then 0 else got - reasoned end,
    case when luck = 0 then 0 else reasoned end,
    case when luck = 0 then 0 else sent - cached end,
    case when luck = 0 then 0 else cached end,
    number // 6,
    case when number % 2 = 0 then '0' else ((sent * 2 + got * 6) / 1e7)::decimal(18, 9)::varchar end,
    strftime(make_timestamp(started + got::bigint * 20000), '%Y-%m-%d %H:%M:%S.%g'),
    4 * (sent + got)
  ) as line
from counted
