-- One row per event of Aider's analytics log. Requests are the messages sent: Aider writes one at its end, in whole
-- seconds. Prompt tokens include cached ones. `cost` is the message's own; `total_cost` is
-- that of the session so far and is never read. A cost of 0 beside tokens means that Aider has no price. The provider is
-- known by what Aider's client (LiteLLM) writes before the model only.
with events as (
  select
    path,
    text,
    bytes,
    unnest(
      try(
        json_transform(
          text,
          '{
            "event": "VARCHAR", "time": "VARCHAR", "user_id": "VARCHAR",
            "properties": {
              "main_model": "VARCHAR", "edit_format": "VARCHAR", "prompt_tokens": "VARCHAR",
              "completion_tokens": "VARCHAR", "total_tokens": "VARCHAR", "cost": "VARCHAR"
            }
          }'
        )
      )
    )
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
read as (
  select
    *,
    event = 'message_send' as is_message,
    case when event = 'message_send' then epoch_or_utc(time) end as ended,
    whole(properties.prompt_tokens) as prompted,
    whole(properties.completion_tokens) as completed,
    whole(properties.total_tokens) as totalled,
    amount(properties.cost) as cost,
    -- What is no number goes through str() there.
    nullif(nullif(properties.main_model, ''), 'None') as called
  from events
),
counts as (
  select
    *,
    coalesce(prompted, 0) + coalesce(completed, 0) + coalesce(totalled, 0) > 0 as has_tokens
  from read
)
select
  path,
  bytes,
  case
    when event is null and text_problem(text) is not null then text_problem(text)
    when event is null then 'no event'
    when not is_message then 'not a request: another event'
    when ended is null then 'no time'
    when prompted is null and properties.prompt_tokens is not null then 'prompt_tokens is not a whole number'
    when completed is null and properties.completion_tokens is not null then 'completion_tokens is not a whole number'
    when totalled is null and properties.total_tokens is not null then 'total_tokens is not a whole number'
    when cost is null and properties.cost is not null then 'cost is not a number'
  end as skip_reason,
  case
    when is_message
      then md5(
        json_array(
          'aider', user_id, time, called, properties.edit_format, properties.prompt_tokens,
          properties.completion_tokens, properties.total_tokens
        )::varchar
      )::uuid
  end as request_key,
  true as is_by_cells,
  ended as started_at,
  coalesce($constants['provider'], case when contains(called, '/') then lower(split_part(called, '/', 1)) end)
    as provider,
  $constants['host'] as host,
  $constants['account'] as account,
  coalesce($constants['model'], called) as model,
  $constants['operation'] as operation,
  $constants['access_key'] as access_key,
  $constants['project'] as project,
  coalesce($constants['user'], nullif(user_id, '')) as "user",
  $constants['session'] as session,
  case when has_tokens then prompted end as input_tokens,
  case when has_tokens then completed end as output_tokens,
  case when has_tokens then totalled end as reported_total_tokens,
  nullif(cost, 0) as reported_cost_usd,
  case when cost <> 0 then $constants['cost_kind'] end as reported_cost_kind
from counts
