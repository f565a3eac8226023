-- One row per response of an OpenAI-compatible API: a chat, completion or Responses body, or a captured stream,
-- whose events are one record. Of running totals in a stream the last counts; a stream without usage has unknown
-- tokens. Cached tokens are part of the prompt, reasoning is part of the completion.
with numbered as (
  select
    path,
    text as line,
    row_number() over () as place
  from texts($paths, $buffer)
),
bodies as (
  select
    path,
    place,
    line,
    coalesce(line like 'data:%', false) as is_event,
    coalesce(
      regexp_matches(line, '^(event|id|retry):|^:|^data:\s*\[DONE\]\s*$'), false
    ) as is_syntax,
    try(
      json_transform(
        regexp_replace(line, '^data:\s*', ''),
        '{
          "id": "VARCHAR", "object": "VARCHAR", "created": "VARCHAR", "created_at": "VARCHAR",
          "completed_at": "VARCHAR", "model": "VARCHAR", "status": "VARCHAR", "service_tier": "VARCHAR",
          "user": "VARCHAR", "provider": "VARCHAR", "error": "JSON", "type": "VARCHAR",
          "usage": {
            "prompt_tokens": "VARCHAR", "completion_tokens": "VARCHAR", "total_tokens": "VARCHAR",
            "input_tokens": "VARCHAR", "output_tokens": "VARCHAR", "cost": "VARCHAR",
            "prompt_tokens_details": {"cached_tokens": "VARCHAR", "cache_write_tokens": "VARCHAR"},
            "input_tokens_details": {"cached_tokens": "VARCHAR", "cache_write_tokens": "VARCHAR"},
            "completion_tokens_details": {"reasoning_tokens": "VARCHAR"},
            "output_tokens_details": {"reasoning_tokens": "VARCHAR"},
            "prompt_cache_hit_tokens": "VARCHAR"
          },
          "x_groq": {"usage": {"prompt_tokens": "VARCHAR", "completion_tokens": "VARCHAR", "total_tokens": "VARCHAR"}},
          "response": {
            "id": "VARCHAR", "object": "VARCHAR", "created_at": "VARCHAR", "completed_at": "VARCHAR",
            "model": "VARCHAR", "status": "VARCHAR", "service_tier": "VARCHAR", "user": "VARCHAR", "error": "JSON",
            "usage": {
              "input_tokens": "VARCHAR", "output_tokens": "VARCHAR", "total_tokens": "VARCHAR",
              "input_tokens_details": {"cached_tokens": "VARCHAR", "cache_write_tokens": "VARCHAR"},
              "output_tokens_details": {"reasoning_tokens": "VARCHAR"}
            }
          }
        }'
      )
    ) as body
  from numbered
),
flat as (
  select
    path,
    place,
    line,
    coalesce(is_event or is_syntax or body.object like '%.chunk' or body.type like 'response.%', false) as is_stream,
    is_syntax or coalesce(body.type like 'response.%' and body.response.id is null, false) as is_filler,
    body is null as is_malformed,
    coalesce(body.response.id, body.id) as id,
    coalesce(body.response.object, body.object) as object,
    epoch_or_utc(coalesce(body.response.created_at, body.created_at, body.created)) as started,
    epoch_or_utc(coalesce(body.response.completed_at, body.completed_at)) as ended,
    coalesce(body.response.model, body.model) as model,
    coalesce(body.response.status, body.status) as state,
    coalesce(body.response.service_tier, body.service_tier) as service_tier,
    coalesce(body.response.user, body.user) as end_user,
    coalesce(body.response.error, body.error) as error,
    coalesce(
      body.response.usage.input_tokens, body.usage.prompt_tokens, body.usage.input_tokens, body.x_groq.usage.prompt_tokens
    ) as input_tokens,
    coalesce(
      body.response.usage.output_tokens,
      body.usage.completion_tokens,
      body.usage.output_tokens,
      body.x_groq.usage.completion_tokens
    ) as output_tokens,
    coalesce(body.response.usage.total_tokens, body.usage.total_tokens, body.x_groq.usage.total_tokens) as total_tokens,
    coalesce(
      body.response.usage.input_tokens_details.cached_tokens,
      body.usage.prompt_tokens_details.cached_tokens,
      body.usage.input_tokens_details.cached_tokens,
      body.usage.prompt_cache_hit_tokens
    ) as cached_tokens,
    coalesce(
      body.response.usage.input_tokens_details.cache_write_tokens,
      body.usage.prompt_tokens_details.cache_write_tokens,
      body.usage.input_tokens_details.cache_write_tokens
    ) as written_tokens,
    coalesce(
      body.response.usage.output_tokens_details.reasoning_tokens,
      body.usage.completion_tokens_details.reasoning_tokens,
      body.usage.output_tokens_details.reasoning_tokens
    ) as reasoning_tokens,
    body.usage.cost as cost
  from bodies
),
responses as (
  select
    path,
    min(place) as place,
    any_value(line) as line,
    bool_or(is_stream) as is_stream,
    bool_or(is_malformed) as is_malformed,
    id,
    min(started) as started,
    max(ended) as ended,
    arg_max(model, place) as model,
    arg_max(state, place) as state,
    arg_max(service_tier, place) as service_tier,
    arg_max(end_user, place) as end_user,
    bool_or(error is not null and json_type(error) <> 'NULL') as has_error,
    arg_max(
      {
        'input': input_tokens,
        'output': output_tokens,
        'total': total_tokens,
        'cached': cached_tokens,
        'written': written_tokens,
        'reasoning': reasoning_tokens,
        'cost': cost
      },
      place
    ) filter (where coalesce(input_tokens, output_tokens, total_tokens) is not null) as usage
  from flat
  where not is_filler
  -- The events of a stream are one record; anything else is a record by itself.
  group by path, id, case when id is null or not is_stream then place end
),
counted as (
  select
    *,
    whole(usage.input) as input,
    whole(usage.output) as output,
    whole(usage.total) as total
  from responses
)
select
  path,
  place - (select min(numbered.place) from numbered where numbered.path = counted.path) + 1 as record,
  case
    when is_malformed or line is null then coalesce(text_problem(line), 'not valid JSON')
    when id is null and text_problem(line) is not null and not is_stream then text_problem(line)
    when id is null and has_error then 'an error without id and time'
    when id is null then 'no id'
    when started is null or not is_plausible(started) then 'no time'
    when usage.input is not null and input is null then 'input tokens are not a whole number'
    when usage.output is not null and output is null then 'output tokens are not a whole number'
  end as skip_reason,
  case
    when is_unique_id(id) then upstream_key(id, null)
    else own_key('openai-response', $constants['host'], id, started::varchar)
  end as request_key,
  id as upstream_id,
  started as started_at,
  ended as ended_at,
  $constants['provider'] as provider,
  $constants['host'] as host,
  $constants['account'] as account,
  coalesce($constants['model'], model) as model,
  key_name($constants['access_key']) as access_key,
  $constants['project'] as project,
  coalesce($constants['user'], nullif(end_user, '')) as "user",
  $constants['session'] as session,
  case when has_error or state in ('failed', 'cancelled') then 'error' else 'ok' end as status,
  is_stream as stream,
  service_tier,
  input as input_tokens,
  whole(usage.cached) as cache_read_tokens,
  whole(usage.written) as cache_write_5m_tokens,
  -- An embedding has a prompt and a total, and generates nothing.
  coalesce(output, total - input) as output_tokens,
  whole(usage.reasoning) as reasoning_tokens,
  total as reported_total_tokens,
  nullif(amount(usage.cost), 0) as reported_cost_usd,
  case when amount(usage.cost) <> 0 then 'gateway' end as reported_cost_kind
from counted
