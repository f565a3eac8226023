-- Lines of Claude Code sessions, $count records in all: 90 days. Of ten lines two answers are told by two lines each, and
-- six are prompts, results of tools and notes of the client. One answer in fifty lines failed.
with lines as (
  select
    number,
    number // 10 as turn,
    number % 10 as place,
    1787529600000000 + number * (7776000000000 // $count) as written,
    md5('line ' || number) as line_id,
    -- Two lines of the ten repeat the answer before.
    case when number % 10 in (2, 6) then number - 1 else number end as answer
  from range($count) as numbers (number)
),
answers as (
  select
    *,
    md5('answer ' || answer) as answer_id,
    2 + hash(answer) % 400 as sent,
    case when answer = number then 1 else 20 + hash(answer + 1) % 1500 end as got,
    hash(answer + 2) % 150000 as cached,
    hash(answer + 3) % 8000 as created,
    strftime(make_timestamp(written), '%Y-%m-%dT%H:%M:%S.%gZ') as clock,
    line_id[:8] || '-' || line_id[9:12] || '-4' || line_id[14:16] || '-8' || line_id[18:20] || '-' || line_id[21:32] as uuid,
    format('5d1c9f00-1a2b-4c3d-8e4f-{:012d}', turn // 40) as session,
    ['claude-sonnet-4-5-20250929', 'claude-opus-4-5-20251101', 'claude-haiku-4-5-20251001'][turn % 3 + 1] as model
  from lines
)
select
  format('{{"parentUuid":"{}","isSidechain":{},"userType":"external",', uuid, turn % 5 = 0)
  || format('"cwd":"/home/dev/work/project-{}","sessionId":"{}",', turn // 40 % 12, session)
  || format('"version":"2.1.138","gitBranch":"main","uuid":"{}","timestamp":"{}",', uuid, clock)
  || case
    when place = 9 and turn % 5 = 0
      then format(
        '"type":"assistant","requestId":"req_011{}","error":"rate_limit","isApiErrorMessage":true,"apiErrorStatus":429,'
        || '"message":{{"model":"<synthetic>","id":"{}","type":"message","role":"assistant",'
        || '"content":[{{"type":"text","text":"redacted"}}],"stop_reason":"stop_sequence","usage":{{"input_tokens":0,'
        || '"output_tokens":0,"cache_creation_input_tokens":0,"cache_read_input_tokens":0}}}}}}',
        answer_id[:21],
        uuid
      )
    when place in (1, 2, 5, 6)
      then format(
        '"type":"assistant","requestId":"req_011{}","message":{{"model":"{}","id":"msg_01{}","type":"message",'
        || '"role":"assistant","content":[{{"type":"tool_use","id":"toolu_01{}","name":"Read",'
        || '"input":{{"file_path":"redacted"}}}}],"stop_reason":null,"stop_sequence":null,',
        answer_id[:21],
        model,
        answer_id[:22],
        line_id[:22]
      )
      || format(
        '"usage":{{"input_tokens":{},"cache_creation_input_tokens":{},"cache_read_input_tokens":{},'
        || '"cache_creation":{{"ephemeral_5m_input_tokens":{},"ephemeral_1h_input_tokens":0}},"output_tokens":{},'
        || '"service_tier":"standard","inference_geo":"not_available","speed":"standard"}}}}}}',
        sent,
        created,
        cached,
        created,
        got
      )
    when place in (0, 3, 7)
      then format(
        '"type":"user","message":{{"role":"user","content":[{{"tool_use_id":"toolu_01{}","type":"tool_result",'
        || '"content":"redacted"}}]}},"toolUseResult":{{"type":"text","file":{{"filePath":"redacted",'
        || '"content":"redacted","numLines":{},"startLine":1,"totalLines":{}}}}}}}',
        line_id[:22],
        sent,
        sent
      )
    else
      format(
        '"type":"progress","data":{{"type":"hook_progress","hookEvent":"PostToolUse","hookName":"redacted",'
        || '"command":"redacted"}},"toolUseID":"toolu_01{}"}}',
        line_id[:22]
      )
  end as line
from answers
