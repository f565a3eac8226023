-- One row per observation of Langfuse: by itself, or in a trace that holds many. Requests are the generations and the
-- embeddings. How the buckets of usageDetails overlap depends on who wrote them: what adds up to their total is believed,
-- and without a total the name of the key. Of a latency nobody knows whether it is seconds or milliseconds, so the clock
-- times count. Texts of a CSV stand in quotes of their own.
with documents as (
  select
    path,
    text,
    bytes,
    try(
      json_transform(
        text,
        '{
          "id": "VARCHAR", "traceId": "VARCHAR", "parentObservationId": "VARCHAR", "type": "VARCHAR",
          "level": "VARCHAR", "startTime": "VARCHAR", "endTime": "VARCHAR", "completionStartTime": "VARCHAR",
          "timeToFirstToken": "VARCHAR", "model": "VARCHAR", "providedModelName": "VARCHAR", "projectId": "VARCHAR",
          "userId": "VARCHAR", "sessionId": "VARCHAR", "tags": "VARCHAR", "traceTags": "VARCHAR",
          "usageDetails": "VARCHAR", "usage": "VARCHAR", "promptTokens": "VARCHAR", "completionTokens": "VARCHAR",
          "totalTokens": "VARCHAR", "totalCost": "VARCHAR", "costDetails": "VARCHAR", "calculatedTotalCost": "VARCHAR",
          "timestamp": "VARCHAR",
          "trace": {
            "id": "VARCHAR", "projectId": "VARCHAR", "userId": "VARCHAR", "sessionId": "VARCHAR", "tags": "VARCHAR"
          },
          "observations": [{
            "id": "VARCHAR", "traceId": "VARCHAR", "parentObservationId": "VARCHAR", "type": "VARCHAR",
            "level": "VARCHAR", "startTime": "VARCHAR", "endTime": "VARCHAR", "completionStartTime": "VARCHAR",
            "timeToFirstToken": "VARCHAR", "model": "VARCHAR", "providedModelName": "VARCHAR", "projectId": "VARCHAR",
            "userId": "VARCHAR", "sessionId": "VARCHAR", "tags": "VARCHAR", "traceTags": "VARCHAR",
            "usageDetails": "VARCHAR", "usage": "VARCHAR", "promptTokens": "VARCHAR", "completionTokens": "VARCHAR",
            "totalTokens": "VARCHAR", "totalCost": "VARCHAR", "costDetails": "VARCHAR",
            "calculatedTotalCost": "VARCHAR"
          }]
        }'
      )
    ) as body
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
opened as (
  select
    path,
    bytes,
    case when body.id is null and body.observations is null then text_problem(text) end as problem,
    case
      when len(body.observations) = 0 then 'not a request: a trace without observations'
      when body.observations is null and body.type is null and body.startTime is null and body.timestamp is not null
        then 'not a request: a trace without observations'
    end as emptiness,
    len(body.observations) > 0 as is_trace,
    case when body.observations is not null then coalesce(body.trace.id, body.id) end as trace_id,
    coalesce(body.trace.projectId, body.projectId) as trace_project,
    coalesce(body.trace.userId, body.userId) as trace_user,
    coalesce(body.trace.sessionId, body.sessionId) as trace_session,
    coalesce(body.trace.tags, body.tags) as trace_tags,
    case
      when len(body.observations) > 0 then body.observations
      else
        [
          struct_pack(
            id := body.id,
            traceId := body.traceId,
            parentObservationId := body.parentObservationId,
            type := body.type,
            level := body.level,
            startTime := body.startTime,
            endTime := body.endTime,
            completionStartTime := body.completionStartTime,
            timeToFirstToken := body.timeToFirstToken,
            model := body.model,
            providedModelName := body.providedModelName,
            projectId := body.projectId,
            userId := body.userId,
            sessionId := body.sessionId,
            tags := body.tags,
            traceTags := body.traceTags,
            usageDetails := body.usageDetails,
            usage := body.usage,
            promptTokens := body.promptTokens,
            completionTokens := body.completionTokens,
            totalTokens := body.totalTokens,
            totalCost := body.totalCost,
            costDetails := body.costDetails,
            calculatedTotalCost := body.calculatedTotalCost
          )
        ]
    end as observations
  from documents
),
listed as (
  select
    * exclude (observations),
    unnest(observations) as seen,
    unnest(generate_series(1, len(observations))) as nth
  from opened
),
named as (
  select
    *,
    nullif(unquoted(seen.id), '') as id,
    upper(unquoted(seen.type)) as type
  from listed
),
calls as (
  select
    path,
    case when nth = 1 then bytes end as first_bytes,
    case
      when problem is not null then problem
      when emptiness is not null then emptiness
      when is_trace and coalesce(seen.id, seen.type, seen.startTime) is null
        then 'not a request: the id of an observation'
      when coalesce(type, '') = '' then 'no type'
      when type not in ('GENERATION', 'EMBEDDING') then 'not a request: an observation of another type'
    end as why_no_call,
    id,
    coalesce(nullif(unquoted(seen.traceId), ''), trace_id, '') as trace_id,
    nullif(unquoted(seen.parentObservationId), '') as parent_id,
    type,
    upper(unquoted(seen.level)) as level,
    nullif(unquoted(seen.startTime), '') as start_cell,
    epoch_or_utc(unquoted(seen.startTime)) as start_time,
    epoch_or_utc(unquoted(seen.endTime)) as end_time,
    epoch_or_utc(unquoted(seen.completionStartTime)) as first_time,
    try_cast(seen.timeToFirstToken as double) as first_token_s,
    coalesce(nullif(unquoted(seen.model), ''), nullif(unquoted(seen.providedModelName), '')) as model,
    coalesce(nullif(unquoted(seen.projectId), ''), trace_project) as project,
    coalesce(nullif(unquoted(seen.userId), ''), nullif(unquoted(trace_user), '')) as "user",
    coalesce(nullif(unquoted(seen.sessionId), ''), nullif(unquoted(trace_session), '')) as session,
    coalesce(nullif(seen.tags, '[]'), nullif(seen.traceTags, '[]'), trace_tags) as tags_text,
    coalesce(nullif(nullif(unquoted(seen.usageDetails), ''), '{}'), nullif(unquoted(seen.usage), '')) as usage_text,
    seen.usage as old_usage,
    seen.promptTokens as old_input,
    seen.completionTokens as old_output,
    seen.totalTokens as old_total,
    nullif(seen.costDetails, '{}') as cost_text,
    nullif(unquoted(seen.totalCost), '') as total_cost,
    nullif(unquoted(seen.calculatedTotalCost), '') as old_cost
  from named
),
-- The buckets by their key. What stands under prompt_details or completion_details is part of the prompt or of the
-- completion by its name; the keys of Langfuse and Anthropic stand beside input and output.
keyed as (
  select
    *,
    case when is_within_calendar(start_time) then start_time end as started,
    case when is_within_calendar(end_time) then end_time end as ended,
    case when is_within_calendar(first_time) then first_time end as first_token,
    try(
      json_extract_string(
        usage_text,
        [
          '/total', '/total_tokens', '/totalTokens', '/total_token_count',
          '/input', '/input_tokens', '/prompt_tokens', '/inputTokens', '/promptTokens', '/prompt_token_count',
          '/output', '/output_tokens', '/completion_tokens', '/outputTokens', '/completionTokens',
          '/candidates_token_count',
          '/input_cached_tokens', '/cache_read_input_tokens', '/input_cache_read', '/input_cache_read_tokens',
          '/prompt_details.cache_read', '/prompt_details.cached', '/prompt_details.cached_tokens', '/cached_tokens',
          '/cachedInputTokens', '/cached_content_token_count',
          '/input_cache_creation_5m', '/cache_creation_input_tokens', '/input_cache_creation', '/input_cache_write',
          '/prompt_details.cache_write', '/prompt_details.cache_creation',
          '/input_cache_creation_1h',
          '/output_reasoning', '/output_reasoning_tokens', '/thoughts_token_count',
          '/completion_details.reasoning', '/completion_details.reasoning_tokens', '/reasoning_tokens',
          '/reasoningTokens',
          '/input_audio', '/input_audio_tokens', '/input_text', '/input_image', '/input_modality_1',
          '/output_audio', '/output_audio_tokens', '/output_text', '/output_image', '/output_modality_1',
          '/totalCost',
          '/input_cache_write_5m', '/cache_write.5m', '/cache_write.ephemeral_5m', '/cache_write/5m',
          '/cache_write.ephemeral_5m_input_tokens', '/cache_creation.ephemeral_5m_input_tokens', '/cache_write_5m',
          '/cache_write', '/cache_write_tokens', '/cache_write_input_tokens', '/cache_write.tokens',
          '/input_cache_write_1h', '/cache_write.1h', '/cache_write.ephemeral_1h', '/cache_write/1h',
          '/cache_write.ephemeral_1h_input_tokens', '/cache_creation.ephemeral_1h_input_tokens', '/cache_write_1h'
        ]
      )
    ) as cell,
    case when old_usage is not null then try(json_extract_string(old_usage, '$.unit')) end as unit,
    case when cost_text is not null then try(json_extract_string(cost_text, '$.total')) end as details_cost
  from calls
),
cells as (
  select
    *,
    coalesce(unit, 'TOKENS') = 'TOKENS' as is_tokens,
    coalesce(cell[1], cell[2], cell[3], cell[4], old_total) as total_cell,
    coalesce(cell[5], cell[6], cell[7], cell[8], cell[9], cell[10], old_input) as input_cell,
    coalesce(cell[11], cell[12], cell[13], cell[14], cell[15], cell[16], old_output) as output_cell,
    whole(coalesce(cell[17], cell[18], cell[19], cell[20])) as read_beside,
    whole(coalesce(cell[21], cell[22], cell[23], cell[24], cell[25], cell[26])) as read_within,
    coalesce(cell[27], cell[52], cell[53], cell[54], cell[55], cell[56], cell[57], cell[58]) as written_5m_cell,
    coalesce(cell[33], cell[63], cell[64], cell[65], cell[66], cell[67], cell[68], cell[69]) as written_1h_cell,
    -- Beside its hours, a sum of all that was written tells the same again.
    whole(
      coalesce(
        written_5m_cell,
        case
          when written_1h_cell is null then coalesce(cell[28], cell[29], cell[30], cell[59], cell[60], cell[61], cell[62])
        end
      )
    ) as written_beside,
    whole(coalesce(cell[31], cell[32])) as written_within,
    whole(written_1h_cell) as written_1h,
    whole(coalesce(cell[34], cell[35], cell[36])) as reasoned_beside,
    whole(coalesce(cell[37], cell[38], cell[39], cell[40])) as reasoned_within,
    coalesce(whole(coalesce(cell[41], cell[42])), 0)
    + coalesce(whole(cell[43]), 0) + coalesce(whole(cell[44]), 0) + coalesce(whole(cell[45]), 0) as more_input,
    coalesce(whole(coalesce(cell[46], cell[47])), 0)
    + coalesce(whole(cell[48]), 0) + coalesce(whole(cell[49]), 0) + coalesce(whole(cell[50]), 0) as more_output,
    coalesce(total_cost, details_cost, old_cost, cell[51]) as cost_cell,
    coalesce(
      nullif(amount(total_cost), 0), nullif(amount(details_cost), 0), nullif(amount(old_cost), 0),
      nullif(amount(cell[51]), 0)
    ) as cost
  from keyed
),
parts as (
  select
    *,
    whole(total_cell) as total,
    coalesce(read_beside, read_within) as cached,
    coalesce(written_beside, written_within) as written,
    coalesce(reasoned_beside, reasoned_within) as reasoned,
    coalesce(read_beside, read_within, 0) as c,
    coalesce(written_beside, written_within, 0) + coalesce(written_1h, 0) as w,
    coalesce(reasoned_beside, reasoned_within, 0) as r,
    -- An embedding generates nothing.
    coalesce(whole(input_cell), case when coalesce(
      read_beside, read_within, written_beside, written_within, written_1h, nullif(more_input, 0)
    ) is not null then 0 end) as prompted,
    coalesce(
      whole(output_cell),
      case when coalesce(reasoned_beside, reasoned_within, nullif(more_output, 0)) is not null then 0 end,
      case when type = 'EMBEDDING' and total_cell is null then 0 end
    ) as completed
  from cells
),
-- Which parts are not yet in input and output, as bits: 1 read from a cache, 2 written to one, 4 reasoning, 8 other
-- input, 16 other output.
gaps as (
  select
    *,
    total - prompted - completed as gap,
    c + w + r + more_input + more_output as all_parts,
    (case when read_beside is not null or c > prompted then 1 else 0 end)
    + (case when written_beside is not null or written_1h is not null then 2 else 0 end)
    + (case when reasoned_beside is not null or r > completed then 4 else 0 end)
    + 24 as by_name,
    (case when read_beside is not null or c > prompted then c else 0 end)
    + (case when written_beside is not null or written_1h is not null then w else 0 end)
    + (case when reasoned_beside is not null or r > completed then r else 0 end)
    + more_input + more_output as by_name_parts
  from parts
),
chosen as (
  select
    *,
    case
      when gap is null or gap = by_name_parts then by_name
      when gap = 0 then 0
      when gap = all_parts then 31
      else
        list_filter(
          range(1, 31),
          lambda bits: (bits & 1) * c
          + (bits >> 1 & 1) * w
          + (bits >> 2 & 1) * r
          + (bits >> 3 & 1) * more_input
          + (bits >> 4 & 1) * more_output
          = gap
        )[1]
    end as beside
  from gaps
),
-- Where nothing fits, input and output stay as they are and do not add up to the total, which alone is kept then.
added as (
  select
    *,
    prompted + case
      when beside & 1 = 0 and c > prompted then c
      else coalesce((beside & 1) * c + (beside >> 1 & 1) * w + (beside >> 3 & 1) * more_input, 0)
    end as input,
    completed + case
      when beside & 4 = 0 and r > completed then r
      else coalesce((beside >> 2 & 1) * r + (beside >> 4 & 1) * more_output, 0)
    end as output,
    is_tokens and coalesce(total, 0) + coalesce(prompted, 0) + coalesce(completed, 0) + all_parts > 0 as is_known
  from chosen
)
select
  path,
  first_bytes as bytes,
  case
    when why_no_call is not null then why_no_call
    when id is null then 'no id'
    when started is null then 'no time'
    when is_tokens and total is null and total_cell is not null then 'total tokens are not a whole number'
    when is_tokens and input_cell is not null and whole(input_cell) is null
      then 'input tokens are not a whole number'
    when is_tokens and output_cell is not null and whole(output_cell) is null
      then 'output tokens are not a whole number'
    when cost_cell is not null and amount(cost_cell) is null then 'cost is not a number'
  end as skip_reason,
  -- The same observation in a trace, a page or a table; ids of one's own making may be short.
  case
    when why_no_call is null
      then own_key(
        'langfuse', null, id, case when not is_unique_id(id) then coalesce(nullif(trace_id, ''), start_cell) end
      )
  end as request_key,
  trace_id,
  id as span_id,
  parent_id,
  case when type in ('GENERATION', 'EMBEDDING') then lower(type) end as call,
  id as upstream_id,
  started as started_at,
  ended as ended_at,
  $constants['provider'] as provider,
  $constants['host'] as host,
  $constants['account'] as account,
  coalesce($constants['model'], model) as model,
  coalesce($constants['operation'], lower(type)) as operation,
  $constants['access_key'] as access_key,
  coalesce($constants['project'], project) as project,
  coalesce($constants['user'], "user") as "user",
  coalesce($constants['session'], session) as session,
  nullif(try_cast(try_cast(tags_text as json) as varchar[]), []) as tags,
  case when level = 'ERROR' then 'error' when level in ('DEBUG', 'DEFAULT', 'WARNING') then 'ok' end as status,
  case when is_known then coalesce(input, case when total >= output then total - output end) end as input_tokens,
  case when is_known then cached end as cache_read_tokens,
  case when is_known then written end as cache_write_5m_tokens,
  case when is_known then written_1h end as cache_write_1h_tokens,
  case when is_known then coalesce(output, case when total >= input then total - input end) end as output_tokens,
  case when is_known then reasoned end as reasoning_tokens,
  case when is_known then total end as reported_total_tokens,
  milliseconds(date_diff('microsecond', started, ended) / 1000) as duration_ms,
  coalesce(
    milliseconds(date_diff('microsecond', started, first_token) / 1000),
    -- Milliseconds where seconds should be are longer than the request.
    case
      when first_token_s * 1000 <= date_diff('millisecond', started, ended) + 1
        then milliseconds(first_token_s * 1000)
    end
  ) as ttft_ms,
  cost as reported_cost_usd,
  case when cost is not null then $constants['cost_kind'] end as reported_cost_kind
from added
