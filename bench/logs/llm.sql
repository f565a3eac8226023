-- Turns of llm 0.36: the cells of a row of `turns` each, as a JSON object. Three in four answers are streamed, and every
-- fortieth of those has no usage. Short texts; the same count always gives the same rows.
with numbers as (
  select
    range as n,
    hash(range) as h,
    range % 4 <> 0 as is_streamed,
    range % 40 = 1 as is_uncounted
  from range($count)
),
calls as (
  select
    *,
    timestamp '2026-08-24' + to_milliseconds((n * 4000)::bigint) as began,
    ['openai/gpt-oss-120b', 'deepseek-ai/DeepSeek-V3.1'][(h % 2 + 1)::bigint] as model,
    (400 + h % 30000)::bigint as prompted,
    ((h >> 16) % 1500 + 20)::bigint as completed
  from numbers
),
counted as (
  select
    *,
    json_object(
      'completion_tokens_details', json_object('reasoning_tokens', completed // 4),
      'prompt_tokens_details', json_object('cached_tokens', prompted // 2)
    ) as details
  from calls
),
answers as (
  select
    *,
    format('chatcmpl-{:016x}{:016x}', h, hash(n, 'id')) as id,
    json_object(
      'completion_tokens', completed,
      'prompt_tokens', prompted,
      'total_tokens', prompted + completed,
      'completion_tokens_details', json_object('reasoning_tokens', completed // 4),
      'prompt_tokens_details', json_object('cached_tokens', prompted // 2)
    ) as usage
  from counted
)
select
  json_object(
    'id', format('01k{:023d}', n),
    'thread_id', format('01k{:023d}', n // 5),
    'parent_message_hash', format('b2:{:016x}{:016x}', hash(n, 'p'), h),
    'tip_message_hash', format('b2:{:016x}{:016x}', hash(n, 't'), h),
    'model', ['oss', 'deep'][(h % 2 + 1)::bigint],
    'resolved_model', null,
    'options_json', null,
    'schema_id', null,
    'input_tokens', case when not is_uncounted then prompted end,
    'output_tokens', case when not is_uncounted then completed end,
    'token_details', case when not is_uncounted then details::varchar end,
    'duration_ms', (300 + h % 20000)::bigint,
    'datetime_utc', strftime(began, '%Y-%m-%dT%H:%M:%S.%f+00:00'),
    'response_json',
    case
      when is_streamed
        then json_object(
          'content', 'A short answer, as it was given.',
          'finish_reason', 'stop',
          'usage', case when not is_uncounted then usage end,
          'id', id,
          'object', 'chat.completion.chunk',
          'model', model,
          'created', epoch(began)::bigint
        )
      else
        json_object(
          'id', id,
          'choices',
          [
            json_object(
              'finish_reason', 'stop',
              'index', 0,
              'message', json_object('content', 'A short answer, as it was given.', 'role', 'assistant')
            )
          ],
          'created', epoch(began)::bigint,
          'model', model,
          'object', 'chat.completion',
          'usage', usage
        )
    end::varchar
  )::varchar as line
from answers
order by n
