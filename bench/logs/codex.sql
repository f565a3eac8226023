-- Lines of a session of Codex 0.169, $count in all. A turn is twenty lines: its start, its context, a prompt, three times
-- a call of a tool, the usage, the tool's end, its output and the running total, then an answer and the turn's end.
with lines as (
  select
    number,
    number // 20 as turn,
    number % 20 as place,
    (number % 20 - 3) % 5 as step,
    -- How many answers there were up to this line.
    number // 20 * 3 + least(greatest((number % 20 + 1) // 5, 0), 3) as answer,
    strftime(make_timestamp(1787529600000000 + number * (7776000000000 // $count)), '%Y-%m-%dT%H:%M:%S.%gZ') as clock
  from range($count) as numbers (number)
),
answers as (
  select
    *,
    format('01a20ae1-{:04x}-7000-8000-{:012x}', turn % 65536, turn) as turn_id,
    md5('answer ' || answer) as answer_id,
    8000 + answer % 997 as sent,
    20 + answer % 311 as got,
    -- The sums of both are made up, and only grow.
    answer * 9000 as sent_in_all,
    answer * 400 as got_in_all,
    ['openai/gpt-oss-120b', 'deepseek-ai/DeepSeek-V3.1'][turn // 10 % 2 + 1] as model
  from lines
),
counted as (
  select
    *,
    format(
      '{{"input_tokens":{},"cached_input_tokens":7168,"cache_write_input_tokens":0,"output_tokens":{},'
      || '"reasoning_output_tokens":12,"total_tokens":{}}}',
      sent,
      got,
      sent + got
    ) as usage,
    format(
      '{{"input_tokens":{},"cached_input_tokens":{},"cache_write_input_tokens":0,"output_tokens":{},'
      || '"reasoning_output_tokens":{},"total_tokens":{}}}',
      sent_in_all,
      answer * 7168,
      got_in_all,
      answer * 12,
      sent_in_all + got_in_all
    ) as usage_in_all
  from answers
)
select
  format('{{"timestamp":"{}","ordinal":{},', clock, number)
  || case
    when number = 0
      then '"type":"session_meta","payload":{"session_id":"01a20ae1-0000-7000-8000-000000000000",'
        || '"id":"01a20ae1-0000-7000-8000-000000000000","timestamp":"2026-08-24T00:00:00.000Z",'
        || '"cwd":"/home/dev/work/shop","originator":"codex_exec","cli_version":"0.169.0","source":"exec",'
        || '"model_provider":"instagen","base_instructions":{"text":"' || repeat('redacted ', 2000)
        || '"},"history_mode":"paginated"}}'
    when place = 0
      then format(
        '"type":"event_msg","payload":{{"type":"task_started","turn_id":"{}","started_at":{},'
        || '"model_context_window":258400,"collaboration_mode_kind":"default"}}}}',
        turn_id,
        1787529600 + number
      )
    when place = 1
      then format(
        '"type":"turn_context","payload":{{"turn_id":"{}","cwd":"/home/dev/work/shop","approval_policy":"never",'
        || '"sandbox_policy":{{"type":"danger-full-access"}},"model":"{}","summary":"none","collaboration_mode":'
        || '{{"mode":"default","settings":{{"model":"{}","reasoning_effort":null}}}}}}}}',
        turn_id,
        model,
        model
      )
    when place in (2, 18)
      then format(
        '"type":"response_item","payload":{{"type":"message","id":"msg_{}","role":"{}","content":[{{"type":"{}",'
        || '"text":"{}"}}],"internal_chat_message_metadata_passthrough":{{"turn_id":"{}"}}}}}}',
        answer_id,
        if(place = 2, 'user', 'assistant'),
        if(place = 2, 'input_text', 'output_text'),
        repeat('redacted ', 40),
        turn_id
      )
    when place = 19
      then format(
        '"type":"event_msg","payload":{{"type":"task_complete","turn_id":"{}","last_agent_message":"redacted",'
        || '"duration_ms":{}}}}}',
        turn_id,
        number
      )
    when step = 0
      then format(
        '"type":"response_item","payload":{{"type":"function_call","status":"completed","id":"fc_{}",'
        || '"name":"exec_command","arguments":"{{\"cmd\":\"redacted\"}}","call_id":"call_{}",'
        || '"internal_chat_message_metadata_passthrough":{{"turn_id":"{}"}}}}}}',
        answer_id,
        answer_id,
        turn_id
      )
    when step = 1
      then format(
        '"type":"token_usage_record","payload":{{"thread_id":"01a20ae1-0000-7000-8000-000000000000","turn_id":"{}",'
        || '"response_id":"resp_{}","usage":{},"turn_token_usage":{},"thread_token_usage":{}}}}}',
        turn_id,
        answer_id,
        usage,
        usage_in_all,
        usage_in_all
      )
    when step = 2
      then format(
        '"type":"event_msg","payload":{{"type":"item_completed","turn_id":"{}","item":{{"type":"CommandExecution",'
        || '"id":"call_{}","command":["redacted"],"status":"completed","aggregated_output":"{}","exit_code":0}}}}}}',
        turn_id,
        answer_id,
        repeat('redacted ', 60)
      )
    when step = 3
      then format(
        '"type":"response_item","payload":{{"type":"function_call_output","call_id":"call_{}","output":"{}"}}}}',
        answer_id,
        repeat('redacted ', 60)
      )
    else
      format(
        '"type":"event_msg","payload":{{"type":"token_count","info":{{"total_token_usage":{},"last_token_usage":{},'
        || '"model_context_window":258400}},"rate_limits":{{"limit_id":"codex","primary":null,"secondary":null}}}}}}',
        usage_in_all,
        usage
      )
  end as line
from counted
