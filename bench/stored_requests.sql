-- Requests as an import of a gateway's log leaves them: $count of them over 90 days from $begin, in the order of their
-- time. Every number is a hash of the request's place, so that the same count always gives the same requests. 2 % go to a
-- model of one's own that has no price.
create or replace temp macro dice(place, purpose) as hash(hash(place, purpose))::double / 18446744073709551616;

create or replace temp macro around(place, purpose, usual) as usual * exp(3.2 * (dice(place, purpose) - 0.5));

create or replace temp macro one_of(place, purpose, choices) as
choices[1 + floor(dice(place, purpose) ** 1.6 * len(choices))::int];

insert into requests by name
with drawn as (
  select
    range as place,
    $begin::timestamp + to_microseconds(((range + dice(range, 'time')) * (90 * 86400e6 / $count))::bigint) as started_at,
    dice(range, 'own') < 0.02 as is_own,
    dice(range, 'failure') < 0.025 as is_failed,
    dice(range, 'stream') < 0.65 as stream,
    one_of(
      range,
      'key',
      [
        {'key': 'web-app', 'team': 'product'}, {'key': 'mobile-app', 'team': 'product'},
        {'key': 'search-index', 'team': 'data'}, {'key': 'batch-jobs', 'team': 'data'},
        {'key': 'support-bot', 'team': 'service'}, {'key': 'alice-laptop', 'team': 'research'},
        {'key': 'bob-laptop', 'team': 'research'}, {'key': 'evals', 'team': 'research'}
      ]
    ) as who,
    one_of(
      range,
      'model',
      [
        {'name': 'Qwen/Qwen3-Coder-480B-A35B-Instruct-FP8', 'input': 6200, 'output': 700, 'reasons': false},
        {'name': 'Qwen/Qwen3-235B-A22B-Instruct-2507', 'input': 1800, 'output': 420, 'reasons': false},
        {'name': 'deepseek-ai/DeepSeek-V3.1', 'input': 2600, 'output': 560, 'reasons': false},
        {'name': 'openai/gpt-oss-120b', 'input': 1200, 'output': 640, 'reasons': false},
        {'name': 'deepseek-ai/DeepSeek-V3-0324', 'input': 2100, 'output': 480, 'reasons': false},
        {'name': 'deepseek-ai/DeepSeek-R1-0528', 'input': 1600, 'output': 2600, 'reasons': true},
        {'name': 'Qwen/Qwen3-235B-A22B-Thinking-2507', 'input': 1500, 'output': 1900, 'reasons': true},
        {'name': 'zai-org/GLM-4.5-FP8', 'input': 1900, 'output': 610, 'reasons': false},
        {'name': 'zai-org/GLM-4.5-Air', 'input': 1100, 'output': 380, 'reasons': false},
        {'name': 'deepseek-ai/DeepSeek-R1', 'input': 1400, 'output': 2300, 'reasons': true}
      ]
    ) as asked,
    one_of(
      range,
      'error',
      [
        {'code': 429, 'type': 'RateLimitError'}, {'code': 500, 'type': 'InternalServerError'},
        {'code': 408, 'type': 'Timeout'}
      ]
    ) as failure
  from range($count)
),
counted as (
  select
    *,
    case when is_own then 'local/llama-3.3-70b' else asked.name end as model,
    case when is_own then 'gpu.example.com:8000' else 'llm.submodel.ai' end as host,
    case when not is_failed then around(place, 'input', asked.input)::bigint end as input_tokens,
    case when not is_failed then around(place, 'output', asked.output)::bigint end as output_tokens,
    around(place, 'waiting', 420)::bigint as waiting_ms
  from drawn
),
timed as (
  select
    *,
    waiting_ms + coalesce((output_tokens * (15 + 20 * dice(place, 'speed')))::bigint, 0) as duration_ms
  from counted
)
select
  md5('key ' || place)::uuid as request_key,
  1 as import_id,
  'litellm' as source,
  case when is_failed then md5('id ' || place)::uuid::varchar else 'chatcmpl-' || md5('id ' || place) end as upstream_id,
  started_at,
  started_at + to_milliseconds(duration_ms) as ended_at,
  case when is_own then host else 'instagen' end as provider,
  host,
  'example' as account,
  model,
  model as requested_model,
  'acompletion' as operation,
  who.key as access_key,
  who.team as project,
  who.team || '@example.com' as "user",
  md5('session ' || place // 8)::uuid::varchar as session,
  case when dice(place, 'tag') < 0.1 then ['nightly'] end as tags,
  case when is_failed then 'error' else 'ok' end as status,
  case when is_failed then failure.code end as http_status,
  case when is_failed then failure.type end as error_type,
  stream,
  false as cache_hit,
  null as service_tier,
  input_tokens,
  case when dice(place, 'cache') < 0.3 then input_tokens // 128 * 64 end as cache_read_tokens,
  null as cache_write_5m_tokens,
  null as cache_write_1h_tokens,
  output_tokens,
  case when asked.reasons then (output_tokens * (0.4 + 0.5 * dice(place, 'reasoning')))::bigint end as reasoning_tokens,
  input_tokens + output_tokens as reported_total_tokens,
  false as tokens_estimated,
  duration_ms,
  case when stream then waiting_ms end as ttft_ms,
  null as reported_cost_usd,
  null as reported_cost_kind
from timed
