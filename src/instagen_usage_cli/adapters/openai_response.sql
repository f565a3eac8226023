-- One row per response of an OpenAI-compatible API: a chat, completion or Responses body, or a captured stream,
-- whose events are one record. Of running totals in a stream the last counts; a stream without usage has unknown
-- tokens. Cached tokens are part of the prompt, reasoning is part of the completion.
with streamed as materialized (
  -- The files with lines that may belong to a stream.
  select map_keys(histogram(path)) as paths
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
  where
    text like 'data:%'
    or text like ':%'
    or text like 'event:%'
    or text like 'id:%'
    or text like 'retry:%'
    or contains(text, '.chunk"')
    or contains(text, '"response.')
),
bodies as (
  select
    texts.path,
    texts.text as line,
    texts.bytes,
    try(
      json_transform(
        texts.text,
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
            "prompt_cache_hit_tokens": "VARCHAR", "cached_tokens": "VARCHAR"
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
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer) as texts
  cross join streamed
  where not coalesce(list_contains(streamed.paths, texts.path), false)
),
-- To number lines takes one thread, and to group them loses their order: only files with streams pay for it.
numbered as materialized (
  select
    texts.path,
    texts.text as line,
    row_number() over () as place
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer) as texts
  semi join (select unnest(paths) as path from streamed) as files on files.path = texts.path
),
parsed as (
  select
    *,
    coalesce(line like 'data:%', false) as is_event,
    coalesce(
      regexp_matches(line, '^(event|id|retry):|^:|^data:\s*\[DONE\]\s*$'), false
    ) as is_syntax,
    -- The same fields as above.
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
            "prompt_cache_hit_tokens": "VARCHAR", "cached_tokens": "VARCHAR"
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
events as (
  select
    path,
    line,
    place,
    coalesce(is_event or is_syntax or body.object like '%.chunk' or body.type like 'response.%', false) as is_stream,
    is_syntax or coalesce(body.type like 'response.%' and body.response.id is null, false) as is_filler,
    body is null as is_malformed,
    coalesce(
      body.response.usage.input_tokens,
      body.response.usage.output_tokens,
      body.response.usage.total_tokens,
      body.usage.prompt_tokens,
      body.usage.completion_tokens,
      body.usage.input_tokens,
      body.usage.output_tokens,
      body.usage.total_tokens,
      body.x_groq.usage.prompt_tokens,
      body.x_groq.usage.completion_tokens,
      body.x_groq.usage.total_tokens
    ) is not null as is_counted,
    coalesce(body.response.id, body.id) as id,
    epoch_or_utc(coalesce(body.response.created_at, body.created_at, body.created)) as started,
    epoch_or_utc(coalesce(body.response.completed_at, body.completed_at)) as ended,
    coalesce(body.response.model, body.model) as model,
    coalesce(body.response.status, body.status) as state,
    coalesce(body.response.service_tier, body.service_tier) as service_tier,
    coalesce(body.response.user, body.user) as end_user,
    coalesce(json_type(coalesce(body.response.error, body.error)) <> 'NULL', false) as has_error,
    {'own': body.usage, 'groq': body.x_groq.usage, 'nested': body.response.usage} as usages
  from parsed
),
streams as (
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
    bool_or(has_error) as has_error,
    arg_max(usages, place) filter (where is_counted) as usages
  from events
  -- The events of a stream are one record; anything else is a record by itself.
  group by path, id, is_filler, case when id is null or not is_stream then place end
  -- ReportOptions of the rows, this would be worked out twice.
  having not bool_or(is_filler)
),
firsts as (
  select
    path,
    min(place) as place
  from numbered
  group by path
),
responses as (
  select
    path,
    null::bigint as record,
    line,
    bytes,
    false as is_stream,
    body is null as is_malformed,
    coalesce(body.response.id, body.id) as id,
    epoch_or_utc(coalesce(body.response.created_at, body.created_at, body.created)) as started,
    epoch_or_utc(coalesce(body.response.completed_at, body.completed_at)) as ended,
    coalesce(body.response.model, body.model) as model,
    coalesce(body.response.status, body.status) as state,
    coalesce(body.response.service_tier, body.service_tier) as service_tier,
    coalesce(body.response.user, body.user) as end_user,
    coalesce(json_type(coalesce(body.response.error, body.error)) <> 'NULL', false) as has_error,
    {'own': body.usage, 'groq': body.x_groq.usage, 'nested': body.response.usage} as usages
  from bodies
  union all by name
  (
    select
      streams.* exclude (place),
      streams.place - firsts.place + 1 as record
    from streams
    inner join firsts on firsts.path = streams.path
    -- Unordered rows of one part would make DuckDB insert those of the other in any order, too.
    order by record
  )
),
flat as (
  select
    * exclude (usages),
    coalesce(usages.nested.input_tokens, usages.own.prompt_tokens, usages.own.input_tokens, usages.groq.prompt_tokens)
      as input_tokens,
    coalesce(
      usages.nested.output_tokens, usages.own.completion_tokens, usages.own.output_tokens, usages.groq.completion_tokens
    ) as output_tokens,
    coalesce(usages.nested.total_tokens, usages.own.total_tokens, usages.groq.total_tokens) as total_tokens,
    coalesce(
      usages.nested.input_tokens_details.cached_tokens,
      usages.own.prompt_tokens_details.cached_tokens,
      usages.own.input_tokens_details.cached_tokens,
      usages.own.prompt_cache_hit_tokens,
      usages.own.cached_tokens
    ) as cached_tokens,
    coalesce(
      usages.nested.input_tokens_details.cache_write_tokens,
      usages.own.prompt_tokens_details.cache_write_tokens,
      usages.own.input_tokens_details.cache_write_tokens
    ) as written_tokens,
    coalesce(
      usages.nested.output_tokens_details.reasoning_tokens,
      usages.own.completion_tokens_details.reasoning_tokens,
      usages.own.output_tokens_details.reasoning_tokens
    ) as reasoning_tokens,
    usages.own.cost as cost
  from responses
),
counted as (
  select
    *,
    whole(input_tokens) as input,
    whole(output_tokens) as output,
    whole(total_tokens) as total,
    coalesce(input_tokens, output_tokens, total_tokens) is not null as is_counted,
    amount(cost) as amount_charged
  from flat
)
select
  path,
  record,
  bytes,
  case
    when is_malformed or line is null
      then coalesce(text_problem(regexp_replace(line, '^data:', '')), 'not valid JSON')
    when id is null
      then case
        when text_problem(line) is not null and not is_stream then text_problem(line)
        when has_error then 'an error without id and time'
        else 'no id'
      end
    when started is null then 'no time'
    when input_tokens is not null and input is null then 'input tokens are not a whole number'
    when output_tokens is not null and output is null then 'output tokens are not a whole number'
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
  $constants['access_key'] as access_key,
  $constants['project'] as project,
  coalesce($constants['user'], nullif(end_user, '')) as "user",
  $constants['session'] as session,
  case when has_error or state in ('failed', 'cancelled') then 'error' else 'ok' end as status,
  is_stream as stream,
  service_tier,
  input as input_tokens,
  case when is_counted then whole(cached_tokens) end as cache_read_tokens,
  case when is_counted then whole(written_tokens) end as cache_write_5m_tokens,
  -- An embedding has a prompt and a total, and generates nothing.
  coalesce(output, total - input) as output_tokens,
  case when is_counted then whole(reasoning_tokens) end as reasoning_tokens,
  total as reported_total_tokens,
  case when is_counted then nullif(amount_charged, 0) end as reported_cost_usd,
  case when is_counted and amount_charged <> 0 then 'gateway' end as reported_cost_kind
from counted
