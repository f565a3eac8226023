-- Sessions of Qwen Code 0.24: rounds of five lines, of which two are calls, one in the conversation and one of an agent
-- in the background; one in fifty fails. Short texts; the same count always gives the same lines.
with numbers as (
  select
    range as n,
    range // 5 as round,
    range // 500 as session,
    range % 5 as place,
    hash(range) as h,
    hash(range // 500, 'session') as s
  from range($count)
),
lines as (
  select
    *,
    timestamp '2026-08-24' + to_milliseconds((round * 20000 + place * 900)::bigint) as written,
    format('{:08x}-0000-4000-8000-{:012x}', s % 4294967296, session) as session_id,
    ['openai/gpt-oss-120b', 'deepseek-ai/DeepSeek-V3.1'][(round % 2 + 1)::bigint] as model,
    (4000 + h % 60000)::bigint as prompted,
    ((h >> 16) % 1200 + 1)::bigint as completed,
    place in (1, 3) and h % 50 = 0 as is_failed
  from numbers
),
calls as (
  select
    *,
    strftime(written, '%Y-%m-%dT%H:%M:%S.%gZ') as written_text,
    format('{:08x}-{:04x}-4000-9000-{:012x}', h % 4294967296, n % 65536, n) as uuid,
    json_object(
      'event.name', case when is_failed then 'qwen-code.api_error' else 'qwen-code.api_response' end,
      'event.timestamp', strftime(written, '%Y-%m-%dT%H:%M:%S.%gZ'),
      'response_id', case when is_failed then '' else format('chatcmpl-{:016x}{:016x}', h, hash(n, 'id')) end,
      'model', model,
      'status_code', case when is_failed then 429 else 200 end,
      'duration_ms', (400 + h % 9000)::bigint,
      'input_token_count', case when not is_failed then prompted end,
      'output_token_count', case when not is_failed then completed end,
      'cached_content_token_count', case when not is_failed then prompted // 2 end,
      'thoughts_token_count', case when not is_failed then completed // 4 end,
      'total_token_count', case when not is_failed then prompted + completed end,
      'response_text', 'a short answer',
      'prompt_id', session_id || '########' || round::varchar,
      'auth_type', 'openai',
      'ttft_ms', (100 + h % 300)::bigint,
      'subagent_name', case when place = 3 then 'managed-auto-memory-extractor' end
    ) as event
  from lines
)
select
  json_object(
    'uuid', uuid,
    'parentUuid', case
      when n > 0 then format('{:08x}-{:04x}-4000-9000-{:012x}', hash(n - 1) % 4294967296, (n - 1) % 65536, n - 1)
    end,
    'sessionId', session_id,
    'timestamp', written_text,
    'type', case place when 0 then 'user' when 2 then 'assistant' when 4 then 'tool_result' else 'system' end,
    'provenance', case place
      when 0 then 'real_user'
      when 2 then 'assistant_output'
      when 4 then 'tool_result'
      else 'system'
    end,
    'cwd', format('/home/dev/project-{}', s % 12),
    'version', '0.24.4',
    'gitBranch', 'main',
    case when place in (1, 3) then 'subtype' else 'message' end,
    case
      when place in (1, 3) then '"ui_telemetry"'::json
      else json_object(
        'role', case when place = 2 then 'model' else 'user' end,
        'parts', json_array(json_object('text', 'a short question, or a short answer, or what a tool said'))
      )
    end,
    case when place in (1, 3) then 'systemPayload' else 'contextWindowSize' end,
    case when place in (1, 3) then json_object('uiEvent', event) else '131072'::json end
  )::varchar as line
from calls
order by n
