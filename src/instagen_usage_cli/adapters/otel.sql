-- One row per span of OTLP-JSON traces. A request is a call to a model: chat, text completion, generated content or
-- embeddings, by the names of the OpenTelemetry conventions of GenAI from 1.27 on, of traceloop (openllmetry) or of
-- OpenInference. Input includes cached tokens and output includes reasoning, as the conventions say; where the total,
-- or a part larger than its whole, says otherwise, the part is added. What exceeds 512 bytes is content, and not read.
with exports as (
  select
    path,
    text,
    bytes,
    unnest(
      try(
        json_transform(
          text,
          '{
            "resourceSpans": [{
              "resource": {"attributes": [{"key": "VARCHAR", "value": {"stringValue": "VARCHAR"}}]},
              "scopeSpans": [{
                "spans": [{
                  "traceId": "VARCHAR", "spanId": "VARCHAR", "parentSpanId": "VARCHAR",
                  "startTimeUnixNano": "VARCHAR", "endTimeUnixNano": "VARCHAR",
                  "status": {"code": "VARCHAR"},
                  "attributes": [{
                    "key": "VARCHAR",
                    "value": {
                      "stringValue": "VARCHAR", "intValue": "VARCHAR", "doubleValue": "VARCHAR", "boolValue": "VARCHAR"
                    }
                  }]
                }]
              }]
            }],
            "resourceMetrics": [{"schemaUrl": "VARCHAR"}],
            "resourceLogs": [{"schemaUrl": "VARCHAR"}]
          }'
        )
      )
    )
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
resources as (
  select
    path,
    bytes as line_bytes,
    case
      when resourceSpans is not null then null
      when resourceMetrics is not null then 'not a request: metrics'
      when resourceLogs is not null then 'not a request: logs'
      else coalesce(text_problem(text), 'no resourceSpans')
    end as problem,
    unnest(coalesce(nullif(resourceSpans, []), [null])) as resource_spans,
    unnest(generate_series(1, greatest(len(resourceSpans), 1))) as nth
  from exports
),
scopes as (
  select
    path,
    case when nth = 1 then line_bytes end as resource_bytes,
    problem,
    list_transform(resource_spans.resource.attributes, lambda a: a.key) as resource_names,
    list_transform(resource_spans.resource.attributes, lambda a: a.value.stringValue) as resource_cells,
    coalesce(nullif(flatten(list_transform(resource_spans.scopeSpans, lambda s: s.spans)), []), [null]) as spans
  from resources
),
numbered as (
  select
    path,
    resource_bytes,
    problem,
    resource_cells[list_position(resource_names, 'openinference.project.name')] as project_name,
    resource_cells[list_position(resource_names, 'service.name')] as service_name,
    unnest(spans) as span,
    unnest(generate_series(1, len(spans))) as nth
  from scopes
),
spans as (
  select
    path,
    case when nth = 1 then resource_bytes end as bytes,
    coalesce(problem, case when span is null then 'not a request: no spans' end) as problem,
    project_name,
    service_name,
    lower(nullif(span.traceId, '')) as trace_id,
    lower(nullif(span.spanId, '')) as span_id,
    lower(nullif(span.parentSpanId, '')) as parent_id,
    try_cast(span.startTimeUnixNano as bigint) as started_ns,
    try_cast(span.endTimeUnixNano as bigint) as ended_ns,
    span.status.code as code,
    list_transform(span.attributes, lambda a: a.key) as names,
    list_transform(
      span.attributes,
      lambda a: case
        when strlen(coalesce(a.value.stringValue, a.value.intValue, a.value.doubleValue, a.value.boolValue)) <= 512
          then nullif(coalesce(a.value.stringValue, a.value.intValue, a.value.doubleValue, a.value.boolValue), '')
      end
    ) as cells
  from numbered
),
-- What each attribute says, by all of its names.
named as (
  select
    * exclude (names, cells),
    lower(cells[list_position(names, 'gen_ai.operation.name')]) as operation_name,
    lower(cells[list_position(names, 'openinference.span.kind')]) as inference_kind,
    lower(cells[list_position(names, 'llm.request.type')]) as request_type,
    cells[list_position(names, 'traceloop.span.kind')] as loop_kind,
    cells[list_position(names, 'gen_ai.response.id')] as response_id,
    lower(
      coalesce(
        cells[list_position(names, 'gen_ai.provider.name')],
        cells[list_position(names, 'gen_ai.system')],
        cells[list_position(names, 'llm.provider')],
        cells[list_position(names, 'llm.system')]
      )
    ) as provider_name,
    cells[list_position(names, 'server.address')] as address,
    cells[list_position(names, 'server.port')] as port,
    coalesce(
      cells[list_position(names, 'gen_ai.openai.api_base')],
      cells[list_position(names, 'server.url')],
      cells[list_position(names, 'url.full')],
      cells[list_position(names, 'http.url')]
    ) as url,
    coalesce(
      cells[list_position(names, 'gen_ai.response.model')],
      cells[list_position(names, 'llm.response.model')],
      cells[list_position(names, 'llm.model_name')],
      cells[list_position(names, 'embedding.model_name')]
    ) as answering_model,
    cells[list_position(names, 'gen_ai.request.model')] as asked_model,
    cells[list_position(names, 'llm.invocation_parameters')] as parameters,
    coalesce(
      cells[list_position(names, 'gen_ai.conversation.id')],
      cells[list_position(names, 'session.id')],
      cells[list_position(names, 'traceloop.association.properties.session_id')],
      cells[list_position(names, 'langfuse.session.id')]
    ) as session_id,
    coalesce(
      cells[list_position(names, 'user.id')],
      cells[list_position(names, 'enduser.id')],
      cells[list_position(names, 'traceloop.association.properties.user_id')],
      cells[list_position(names, 'langfuse.user.id')]
    ) as user_id,
    cells[list_position(names, 'error.type')] as error_name,
    coalesce(
      cells[list_position(names, 'http.response.status_code')],
      cells[list_position(names, 'http.status_code')]
    ) as http_code,
    coalesce(
      cells[list_position(names, 'openai.response.service_tier')],
      cells[list_position(names, 'gen_ai.openai.response.service_tier')]
    ) as tier,
    coalesce(
      cells[list_position(names, 'gen_ai.request.stream')],
      cells[list_position(names, 'llm.is_streaming')],
      cells[list_position(names, 'gen_ai.is_streaming')]
    ) as is_streamed,
    cells[list_position(names, 'gen_ai.response.time_to_first_chunk')] as first_chunk_s,
    cells[list_position(names, 'ai.response.msToFirstChunk')] as first_chunk_ms,
    coalesce(
      cells[list_position(names, 'llm.cost.total')],
      cells[list_position(names, 'gen_ai.usage.cost')],
      cells[list_position(names, 'operation.cost')]
    ) as cost,
    coalesce(
      cells[list_position(names, 'gen_ai.usage.input_tokens')],
      cells[list_position(names, 'gen_ai.usage.prompt_tokens')],
      cells[list_position(names, 'llm.token_count.prompt')],
      cells[list_position(names, 'llm.usage.prompt_tokens')]
    ) as sent_text,
    coalesce(
      cells[list_position(names, 'gen_ai.usage.output_tokens')],
      cells[list_position(names, 'gen_ai.usage.completion_tokens')],
      cells[list_position(names, 'llm.token_count.completion')],
      cells[list_position(names, 'llm.usage.completion_tokens')]
    ) as got_text,
    coalesce(
      cells[list_position(names, 'gen_ai.usage.total_tokens')],
      cells[list_position(names, 'llm.usage.total_tokens')],
      cells[list_position(names, 'llm.token_count.total')]
    ) as total_text,
    coalesce(
      cells[list_position(names, 'gen_ai.usage.cache_read.input_tokens')],
      cells[list_position(names, 'gen_ai.usage.cache_read_input_tokens')],
      cells[list_position(names, 'gen_ai.usage.cache_read_tokens')],
      cells[list_position(names, 'gen_ai.usage.cached_input_tokens')],
      cells[list_position(names, 'gen_ai.usage.input_tokens.cached')],
      cells[list_position(names, 'gen_ai.usage.details.cache_read_tokens')],
      cells[list_position(names, 'gen_ai.usage.details.cache_read_input_tokens')],
      cells[list_position(names, 'gen_ai.usage.details.cached_tokens')],
      cells[list_position(names, 'llm.token_count.prompt_details.cache_read')],
      cells[list_position(names, 'llm.usage.cache_read_input_tokens')]
    ) as cache_read_text,
    coalesce(
      cells[list_position(names, 'gen_ai.usage.cache_creation.input_tokens')],
      cells[list_position(names, 'gen_ai.usage.cache_write.input_tokens')],
      cells[list_position(names, 'gen_ai.usage.cache_creation_input_tokens')],
      cells[list_position(names, 'gen_ai.usage.cache_write_input_tokens')],
      cells[list_position(names, 'gen_ai.usage.cache_creation_tokens')],
      cells[list_position(names, 'gen_ai.usage.cache_write_tokens')],
      cells[list_position(names, 'gen_ai.usage.input_tokens.cache_write')],
      cells[list_position(names, 'gen_ai.usage.details.cache_write_tokens')],
      cells[list_position(names, 'gen_ai.usage.details.cache_creation_input_tokens')],
      cells[list_position(names, 'llm.token_count.prompt_details.cache_write')],
      cells[list_position(names, 'llm.usage.cache_creation_input_tokens')]
    ) as cache_write_text,
    coalesce(
      cells[list_position(names, 'gen_ai.usage.reasoning.output_tokens')],
      cells[list_position(names, 'gen_ai.usage.reasoning_tokens')],
      cells[list_position(names, 'gen_ai.usage.reasoning_output_tokens')],
      cells[list_position(names, 'gen_ai.usage.output_tokens.reasoning')],
      cells[list_position(names, 'gen_ai.usage.details.reasoning_tokens')],
      cells[list_position(names, 'llm.token_count.completion_details.reasoning')],
      cells[list_position(names, 'llm.usage.reasoning_tokens')]
    ) as reasoning_text
  from spans
),
-- OpenInference names the model of a failed call, and whether a call was streamed, in its parameters only. An answering
-- model that is the end of the one asked for (openai/gpt-oss-120b) is that one: traceloop cuts such names.
answered as (
  select
    * replace (
      case
        when ends_with(asked_model, '/' || answering_model) then asked_model
        else answering_model
      end as answering_model,
      coalesce(asked_model, case when json_valid(parameters) then json_extract_string(parameters, '$.model') end)
        as asked_model,
      coalesce(is_streamed, case when json_valid(parameters) then json_extract_string(parameters, '$.stream') end)
        as is_streamed
    )
  from named
),
-- What kind of step a span is: the first word said of it decides, and usage without any word is a call.
judged as (
  select
    *,
    case
      when operation_name is not null
        -- Not a list: DuckDB would join with a long one, and rows would leave their order.
        then regexp_full_match(operation_name, 'chat|text_completion|generate_content|embeddings?|completion')
      when inference_kind is not null then inference_kind in ('llm', 'embedding')
      when request_type in ('chat', 'completion', 'embedding', 'rerank') then request_type <> 'rerank'
      when loop_kind is not null then false
      else coalesce(sent_text, got_text) is not null and coalesce(answering_model, asked_model) is not null
    end as is_call,
    case coalesce(operation_name, inference_kind, request_type)
      when 'llm' then 'chat'
      when 'embedding' then 'embeddings'
      when 'completion' then 'text_completion'
      else coalesce(operation_name, request_type)
    end as operation,
    case
      when address like '%://%' then host_of(address)
      when address is not null then lower(address) || coalesce(':' || whole(port), '')
      else host_of(url)
    end as address_and_port,
    coalesce(code in ('2', 'STATUS_CODE_ERROR') or error_name is not null, false) as is_error,
    make_timestamp(started_ns // 1000) as started,
    make_timestamp(nullif(ended_ns, 0) // 1000) as ended,
    whole(sent_text) as sent,
    whole(got_text) as got,
    whole(total_text) as totalled,
    whole(cache_read_text) as cache_read,
    whole(cache_write_text) as cache_write,
    whole(reasoning_text) as reasoning,
    amount(cost) as cost_usd
  from answered
),
-- A usage of nothing is unknown; an embedding has a prompt and generates nothing. What the input lacks is what was
-- cached, what the output lacks is the reasoning.
measured as (
  select
    * replace (case when operation = 'embeddings' and sent is not null then coalesce(got, 0) else got end as got),
    regexp_replace(address_and_port, ':(443|80)$', '') as answered_by,
    coalesce(sent, 0) + coalesce(got, 0) + coalesce(totalled, 0) > 0 as is_metered,
    coalesce(cache_read, 0) + coalesce(cache_write, 0) as cached,
    case
      when coalesce(cache_read, 0) + coalesce(cache_write, 0) > sent then true
      when sent + got = totalled then false
      else
        sent + got + coalesce(cache_read, 0) + coalesce(cache_write, 0) = totalled
        or sent + got + coalesce(cache_read, 0) + coalesce(cache_write, 0) + reasoning = totalled
    end as is_input_uncached,
    case
      when reasoning > got then true
      when sent + got = totalled then false
      else
        sent + got + reasoning = totalled
        or sent + got + coalesce(cache_read, 0) + coalesce(cache_write, 0) + reasoning = totalled
    end as is_output_unreasoned
  from judged
)
select
  path,
  bytes,
  trace_id,
  span_id,
  parent_id,
  case when is_call then case when operation = 'embeddings' then 'embedding' else 'generation' end end as call,
  case
    when problem is not null then problem
    when not is_call and coalesce(operation_name, inference_kind, request_type, loop_kind) is not null
      then 'not a request: an agent, a tool or another step'
    when not is_call then 'not a request: a span of something else'
    when started is null then 'no time'
    when not coalesce(is_unique_id(response_id), false) and (trace_id is null or span_id is null) then 'no id'
    when sent is null and sent_text is not null then 'input tokens are not a whole number'
    when got is null and got_text is not null then 'output tokens are not a whole number'
    when totalled is null and total_text is not null then 'total tokens are not a whole number'
    when cost_usd is null and cost is not null then 'cost is not a number'
  end as skip_reason,
  case
    when is_unique_id(response_id) then upstream_key(response_id, null)
    else own_key('otel', trace_id, span_id, null)
  end as request_key,
  coalesce(response_id, span_id) as upstream_id,
  started as started_at,
  ended as ended_at,
  coalesce($constants['provider'], answerer(provider_name, answered_by)) as provider,
  coalesce($constants['host'], answered_by) as host,
  $constants['account'] as account,
  coalesce($constants['model'], answering_model, asked_model) as model,
  nullif(asked_model, coalesce(answering_model, asked_model)) as requested_model,
  coalesce($constants['operation'], operation) as operation,
  $constants['access_key'] as access_key,
  coalesce(
    $constants['project'],
    nullif(project_name, ''),
    case when service_name not like 'unknown_service%' then nullif(service_name, '') end
  ) as project,
  coalesce($constants['user'], user_id) as "user",
  coalesce($constants['session'], session_id) as session,
  case when is_error then 'error' else 'ok' end as status,
  whole(coalesce(http_code, case when regexp_full_match(error_name, '[1-5]\d\d') then error_name end)) as http_status,
  case when regexp_full_match(error_name, '[\w.:/$-]{1,100}') then error_name end as error_type,
  try_cast(is_streamed as boolean) as stream,
  tier as service_tier,
  case
    when not is_metered then null
    when is_input_uncached then sent + cached
    else sent
  end as input_tokens,
  case when is_metered then cache_read end as cache_read_tokens,
  case when is_metered then cache_write end as cache_write_5m_tokens,
  case
    when not is_metered then null
    when is_output_unreasoned then got + reasoning
    else got
  end as output_tokens,
  case when is_metered then reasoning end as reasoning_tokens,
  -- A total of the counts as they stand, to which something had to be added, lacks that too.
  case
    when not is_metered then null
    when sent + got = totalled
      then
        totalled
        + case when is_input_uncached then cached else 0 end
        + case when is_output_unreasoned then reasoning else 0 end
    else totalled
  end as reported_total_tokens,
  milliseconds((nullif(ended_ns, 0)::hugeint - started_ns) / 1e6) as duration_ms,
  milliseconds(coalesce(try_cast(first_chunk_s as double) * 1000, try_cast(first_chunk_ms as double))) as ttft_ms,
  nullif(cost_usd, 0) as reported_cost_usd,
  case when cost_usd <> 0 then $constants['cost_kind'] end as reported_cost_kind
from measured
