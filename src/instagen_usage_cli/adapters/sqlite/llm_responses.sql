-- One row per response, which is one call to a model (llm 0.5 to 0.31), in the shape of `llm logs --json`, without any
-- content: of the answer only what says whose it is and what it used. A column that older databases do not have is that
-- of `blank`.
select
  (
    select
      json_object(
        'id', id,
        'model', model,
        'resolved_model', resolved_model,
        'conversation_id', conversation_id,
        'datetime_utc', datetime_utc,
        'duration_ms', duration_ms,
        'input_tokens', input_tokens,
        'output_tokens', output_tokens,
        'token_details', token_details,
        'response_json',
        case
          when json_valid(response_json)
            then json_object(
              'id', response_json -> '$.id',
              'responseId', response_json -> '$.responseId',
              'object', response_json -> '$.object',
              'model', response_json -> '$.model',
              'modelVersion', response_json -> '$.modelVersion',
              'service_tier', response_json -> '$.service_tier',
              'usage', response_json -> '$.usage'
            )
        end
      )
    from (
      -- A cell may be of any type.
      select
        cast(id as text) as id,
        cast(model as text) as model,
        cast(resolved_model as text) as resolved_model,
        cast(conversation_id as text) as conversation_id,
        cast(datetime_utc as text) as datetime_utc,
        cast(duration_ms as text) as duration_ms,
        cast(input_tokens as text) as input_tokens,
        cast(output_tokens as text) as output_tokens,
        cast(token_details as text) as token_details,
        cast(response_json as text) as response_json
      from responses
      where responses.rowid = blank.place
    )
  )
from (
  select
    rowid as place,
    null as resolved_model,
    null as conversation_id,
    null as duration_ms,
    null as input_tokens,
    null as output_tokens,
    null as token_details,
    null as response_json
  from responses
) as blank
order by place
