-- Observations of Langfuse as its JSONL batch export writes them: traces of four, a span, a tool, and two generations,
-- the first of which wraps the second. Short texts; the same count always gives the same lines.
with numbers as (
  select
    range as n,
    range // 4 as trace,
    range % 4 as place,
    hash(range) as h,
    hash(range // 4, 'trace') as t
  from range($count)
),
observations as (
  select
    *,
    timestamp '2026-08-24' + to_milliseconds((trace * 40000 + place * 700)::bigint) as started,
    (400 + h % 9000)::bigint as lasted,
    (200 + h % 6000)::bigint as prompted,
    (h >> 16) % 1200 + 1 as completed,
    case when (h >> 8) % 3 = 0 then (h % 200)::bigint else 0 end as cached,
    case place when 0 then 'SPAN' when 1 then 'GENERATION' when 2 then 'GENERATION' else 'TOOL' end as type
  from numbers
)
select
  json_object(
    'id', format('{:016x}', hash(n, 'id')),
    'traceId', format('{:016x}{:016x}', t, hash(trace, 'more')),
    'startTime', strftime(started, '%Y-%m-%dT%H:%M:%S.%gZ'),
    'endTime', strftime(started + to_milliseconds(lasted), '%Y-%m-%dT%H:%M:%S.%gZ'),
    'projectId', 'cloramnkj0002jz088vzn1ja4',
    'parentObservationId', case place
      when 0 then null
      when 2 then format('{:016x}', hash(n - 1, 'id'))
      else format('{:016x}', hash(n - place, 'id'))
    end,
    'type', type,
    'environment', 'default',
    'name', case place when 0 then 'Agent.run' when 3 then 'web_search' else 'chat' end,
    'level', case when h % 50 = 0 then 'ERROR' else 'DEFAULT' end,
    'statusMessage', null,
    'version', null,
    'createdAt', strftime(started, '%Y-%m-%dT%H:%M:%S.%gZ'),
    'updatedAt', strftime(started, '%Y-%m-%dT%H:%M:%S.%gZ'),
    'input', json_array(json_object('role', 'user', 'content', 'a short question')),
    'output', json_object('role', 'assistant', 'content', 'a short answer'),
    'model', case
      when type = 'GENERATION' then ['openai/gpt-oss-120b', 'deepseek-ai/DeepSeek-V3.1'][(h % 2 + 1)::bigint]
    end,
    'internalModelId', null,
    'modelParameters', json_object('temperature', 1, 'max_tokens', -1),
    'completionStartTime', null,
    'promptId', null,
    'promptName', null,
    'promptVersion', null,
    'latency', lasted / 1000,
    'timeToFirstToken', null,
    'usageDetails', case
      when type = 'GENERATION'
        then json_object(
          'input', prompted, 'input_cached_tokens', cached, 'output', completed,
          'total', prompted + cached + completed
        )
      else json_object()
    end,
    'costDetails', json_object(),
    'providedCostDetails', json_object(),
    'inputCost', null,
    'outputCost', null,
    'totalCost', case when type = 'GENERATION' then round(prompted * 1e-7 + completed * 5e-7, 9) else 0 end,
    'usagePricingTierName', null,
    'traceName', 'Agent.run',
    'traceTags', json_array('bench'),
    'traceTimestamp', strftime(
      timestamp '2026-08-24' + to_milliseconds((trace * 40000)::bigint), '%Y-%m-%dT%H:%M:%S.%gZ'
    ),
    'userId', format('user-{}', t % 40),
    'inputPrice', null,
    'outputPrice', null,
    'totalPrice', null,
    'comments', json_array()
  )::varchar as line
from observations
order by n
