-- One row per line of a Codex session. Since 0.153 each answer has a record of its usage, with its id. Before, there
-- are running totals, told again and again: an answer is where they moved, and its usage is by how much. Totals begin
-- anew where a session was resumed (up to 0.63) or its context overflowed, and go on from those of the parent in a fork
-- that does not copy its lines (since 0.151). Forks before that copy all lines of their parents under the time of the
-- fork: a copy is known by its turn and the totals, which stay, or by the session that all descend from. A child that was
-- spawned since 0.153 copies the totals of its parent under their own times, but not the records that tell who they are:
-- they count in the file of the parent.
with numbered as materialized (
  select
    path,
    row_number() over () as place,
    bytes,
    case
      when regexp_matches(
        text,
        '"type"\s*:\s*"(token_count|token_usage_record|turn_context|task_started|session_meta|thread_settings_applied)"'
      )
        then text
    end as told,
    -- Other lines are long, and nobody asks what they say.
    case when not coalesce(starts_with(text, '{') and ends_with(text, '}'), false) then text_problem(text) end as problem
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
firsts as (
  select
    path,
    min(place) as first_place
  from numbered
  group by path
),
parsed as (
  select
    path,
    place,
    bytes,
    told,
    unnest(
      try(
        json_transform(
          told,
          '{
            "timestamp": "VARCHAR", "type": "VARCHAR",
            "payload": {
              "type": "VARCHAR", "id": "VARCHAR", "timestamp": "VARCHAR", "forked_from_id": "VARCHAR",
              "parent_thread_id": "VARCHAR", "cli_version": "VARCHAR",
              "source": {"subagent": {"thread_spawn": {"parent_thread_id": "VARCHAR"}}}, "model_provider": "VARCHAR", "cwd": "VARCHAR", "model": "VARCHAR", "turn_id": "VARCHAR",
              "response_id": "VARCHAR",
              "thread_settings": {"model_provider_id": "VARCHAR", "service_tier": "VARCHAR"},
              "usage": {
                "input_tokens": "VARCHAR", "cached_input_tokens": "VARCHAR", "cache_write_input_tokens": "VARCHAR",
                "output_tokens": "VARCHAR", "reasoning_output_tokens": "VARCHAR", "total_tokens": "VARCHAR"
              },
              "info": {
                "model": "VARCHAR",
                "total_token_usage": {
                  "input_tokens": "VARCHAR", "cached_input_tokens": "VARCHAR", "cache_write_input_tokens": "VARCHAR",
                  "output_tokens": "VARCHAR", "reasoning_output_tokens": "VARCHAR", "total_tokens": "VARCHAR"
                },
                "last_token_usage": {
                  "input_tokens": "VARCHAR", "cached_input_tokens": "VARCHAR", "cache_write_input_tokens": "VARCHAR",
                  "output_tokens": "VARCHAR", "reasoning_output_tokens": "VARCHAR", "total_tokens": "VARCHAR"
                }
              }
            }
          }'
        )
      )
    )
  from numbered
  where told is not null
),
cells as (
  select
    *,
    case when type = 'token_usage_record' then payload.usage else payload.info.last_token_usage end as last_cells,
    payload.info.total_token_usage as total_cells
  from parsed
),
-- Usage as a list: input, cached, written to a cache, output, reasoning, total.
events as materialized (
  select
    path,
    place,
    bytes,
    case when type is null then coalesce(text_problem(told), 'no type') end as problem,
    "timestamp" as time_cell,
    epoch_or_utc("timestamp") as told_at,
    coalesce(told_at - lag(told_at) over (partition by path order by place) > interval 1 second, false) as is_pause,
    coalesce(type = 'token_usage_record', false) as is_record,
    coalesce(type = 'event_msg' and payload.type = 'token_count', false) as is_count,
    coalesce(type = 'turn_context', false) as is_context,
    case
      when type = 'session_meta' and payload.id <> ''
        then {
          'id': payload.id,
          'parent': nullif(payload.forked_from_id, ''),
          'spawner': nullif(coalesce(payload.source.subagent.thread_spawn.parent_thread_id, payload.parent_thread_id), ''),
          -- Since 0.153 each answer has a record.
          'writes_records': row(
            try_cast(regexp_extract(payload.cli_version, '^(\d+)\.(\d+)', 1) as integer),
            try_cast(regexp_extract(payload.cli_version, '^(\d+)\.(\d+)', 2) as integer)
          ) >= row(0, 153),
          'start': epoch_or_utc(coalesce(payload.timestamp, "timestamp"))
        }
    end as meta,
    nullif(payload.info.model, '') as own_model,
    case when type = 'turn_context' then nullif(payload.model, '') end as model,
    case when type in ('turn_context', 'event_msg', 'token_usage_record') then nullif(payload.turn_id, '') end as turn,
    case when type in ('session_meta', 'turn_context') then nullif(payload.cwd, '') end as cwd,
    case
      when type = 'session_meta' then nullif(payload.model_provider, '')
      else nullif(payload.thread_settings.model_provider_id, '')
    end as provider,
    case when payload.thread_settings.model_provider_id is not null then coalesce(payload.thread_settings.service_tier, '') end
      as tier,
    nullif(payload.response_id, '') as response_id,
    [
      whole(last_cells.input_tokens), whole(last_cells.cached_input_tokens), whole(last_cells.cache_write_input_tokens),
      whole(last_cells.output_tokens), whole(last_cells.reasoning_output_tokens), whole(last_cells.total_tokens)
    ] as last,
    [
      whole(total_cells.input_tokens), whole(total_cells.cached_input_tokens),
      whole(total_cells.cache_write_input_tokens), whole(total_cells.output_tokens),
      whole(total_cells.reasoning_output_tokens), whole(total_cells.total_tokens)
    ] as total,
    coalesce(total_cells.input_tokens, last_cells.input_tokens) is not null
    and coalesce(case when total_cells.input_tokens is not null then total[1] else last[1] end, -1) < 0 as has_bad_input,
    coalesce(total_cells.output_tokens, last_cells.output_tokens) is not null
    and coalesce(case when total_cells.output_tokens is not null then total[4] else last[4] end, -1) < 0
      as has_bad_output
  from cells
),
-- The sessions a file tells of: its own first, then those whose lines it copies, up to the one all descend from.
metas as (
  select
    path,
    meta.id as id,
    min(place) as place,
    arg_min(meta, place) as meta,
    bool_or(coalesce(meta.parent, meta.spawner) is not null) as is_child
  from events
  where meta is not null
  group by path, meta.id
),
sessions as (
  select
    path,
    arg_min(meta, place) as own,
    arg_max(meta, place) as root,
    bool_or(is_child) as is_child,
    count(*) > 1 as has_copies,
    list({'start': meta.start, 'id': id} order by meta.start, id) as tellers
  from metas
  group by path
),
-- What holds for a line was said last before it.
contexts as (
  select
    path,
    place,
    is_record,
    is_count,
    coalesce(own_model, last_value(model ignore nulls) over before) as model,
    last_value(turn ignore nulls) over before as turn,
    last_value(cwd ignore nulls) over before as cwd,
    last_value(provider ignore nulls) over before as provider,
    last_value(tier ignore nulls) over before as tier,
    max(is_context) over before as has_context,
    max(is_record) over before as has_record,
    max(is_pause) over before as has_paused,
    max(is_record) over (partition by path) as has_records
  from events
  window before as (partition by path order by place rows unbounded preceding)
),
totals as materialized (
  select
    contexts.*,
    events.has_bad_input or events.has_bad_output as is_bad,
    case
      when not is_bad and coalesce(events.total[1], events.total[4]) is not null
        then list_transform(events.total, lambda n: coalesce(n, 0))
    end as total,
    case
      when coalesce(events.last[1], events.last[4]) is not null
        then list_transform(events.last, lambda n: coalesce(n, 0))
    end as last
  from contexts
  inner join events on events.place = contexts.place
  -- Beside records, totals tell the same again.
  where contexts.is_count and not contexts.has_record
),
stands as (
  select
    path,
    total[:5] as total,
    min(place) as place
  from totals
  where total is not null
  group by all
),
steps as (
  select
    *,
    last_value(total ignore nulls) over earlier as before,
    last_value(last ignore nulls) over earlier as last_before,
    -- Where the totals stood before this answer, if it is the one told as the last.
    case
      when list_sum(last[:5]) > 0
        then [total[1] - last[1], total[2] - last[2], total[3] - last[3], total[4] - last[4], total[5] - last[5]]
    end as origin,
    case when total is null then row_number() over (partition by path, total, last order by place) end as nth
  from totals
  window earlier as (partition by path order by place rows between unbounded preceding and 1 preceding)
),
moves as (
  select
    steps.*,
    stands.place < steps.place as is_from_earlier,
    steps.total[1] < steps.before[1]
    or steps.total[2] < steps.before[2]
    or steps.total[3] < steps.before[3]
    or steps.total[4] < steps.before[4]
    or steps.total[5] < steps.before[5] as has_fallen,
    case
      when is_bad then 'bad'
      when steps.total is null and last is null then 'nothing'
      when steps.total is null and last = last_before then 'again'
      when steps.total is null then 'last'
      when list_sum(steps.total[:5]) = 0 then 'estimate'
      when steps.total[:5] = before[:5] then 'again'
      when origin = [0, 0, 0, 0, 0] or is_from_earlier then 'last'
      -- The first total of a fork that copies nothing may be that of the parent, told once more.
      when before is null and sessions.is_child and (has_records or not has_context) then 'inherited'
      when before is null and coalesce(sessions.is_child, true) and origin is not null then 'last'
      when before is null then 'total'
      when has_fallen and list_min(origin) >= 0 then 'last'
      when has_fallen and last is not null and origin is null then 'estimate'
      when has_fallen then 'total'
      else 'moved'
    end as how
  from steps
  left join stands on stands.path = steps.path and stands.total = steps.origin
  left join sessions on sessions.path = steps.path
),
answers as (
  select
    path,
    place,
    model,
    turn,
    cwd,
    provider,
    tier,
    has_paused,
    has_records,
    how,
    before,
    json_array(
      coalesce(total, last), nth, count(*) filter (has_fallen) over (partition by path order by place rows unbounded preceding)
    )::varchar as stand
  from moves
  union all by name
  select
    path,
    place,
    model,
    turn,
    cwd,
    provider,
    tier,
    has_paused,
    has_records,
    'last' as how
  from contexts
  where is_record
),
known as (
  select
    answers.*,
    events.response_id,
    events.is_record,
    events.has_bad_input,
    events.has_bad_output,
    events.time_cell,
    events.told_at,
    events.last,
    events.total,
    sessions.own,
    sessions.root,
    sessions.has_copies,
    sessions.tellers,
    coalesce(sessions.root.parent, sessions.root.id) as origin_id,
    coalesce(sessions.root.parent, sessions.root.spawner, sessions.root.id) as first_session,
    -- Not every id of that form holds a time: it is none of before there was Codex, or behind the answer.
    try(uuid_extract_timestamp(try_cast(answers.turn as uuid)) at time zone 'UTC') as turn_time,
    case when turn_time >= timestamp '2025-04-01' and turn_time <= events.told_at + interval 1 minute then turn_time end
      as turn_start
  from answers
  inner join events on events.place = answers.place
  left join sessions on sessions.path = answers.path
),
used as (
  select
    *,
    -- Turns have the time of their start in their ids; before, all lines were copied without a pause.
    case
      when turn_start is not null then coalesce(turn_start < own.start, false)
      else coalesce(has_copies and not has_paused, false)
    end as is_copy,
    coalesce(own.writes_records, has_records) and not is_record and coalesce(turn_start, told_at) < own.start as is_of_parent,
    case how
      when 'last' then last
      when 'total' then total
      when 'moved'
        then [
          total[1] - before[1], total[2] - before[2], total[3] - before[3],
          total[4] - before[4], total[5] - before[5], total[6] - before[6]
        ]
    end as counts
  from known
),
requests as (
  select
    place,
    case
      when how = 'again' then 'not a request: a total that was told before'
      when how = 'nothing' then 'not a request: limits without a total'
      when how = 'estimate' then 'not a request: an estimate of the context'
      when how = 'inherited' then 'not a request: the total of a parent'
      when is_of_parent then 'not a request: an answer of the parent'
      when has_bad_input then 'input_tokens is not a whole number'
      when has_bad_output then 'output_tokens is not a whole number'
      when told_at is null then 'no time'
    end as problem,
    case
      when is_unique_id(response_id) then upstream_key(response_id, null)
      when is_record then own_key('codex', null, coalesce(turn, origin_id), json_array(response_id, last)::varchar)
      when is_unique_id(turn) then own_key('codex', null, turn, stand)
      when origin_id is not null then own_key('codex', null, origin_id, stand)
      else own_key('codex', time_cell, turn, stand)
    end as request_key,
    response_id,
    case when is_copy then coalesce(turn_start, told_at) else told_at end as started,
    case
      when not is_copy then own.id
      when turn_start is null then first_session
      else coalesce(list_filter(tellers, lambda teller: teller.start <= turn_start)[-1].id, first_session)
    end as session,
    provider,
    model,
    cwd,
    tier,
    case when counts[1] > 0 or counts[4] > 0 then counts end as used
  from used
),
records as (
  select
    path,
    place,
    bytes,
    coalesce(problem, 'not a request: another line of a session') as skip_reason
  from numbered
  where told is null
  union all by name
  select
    events.path,
    events.place,
    events.bytes,
    case
      when events.problem is not null then events.problem
      when requests.place is not null then requests.problem
      when events.is_count then 'not a request: a total that was told before'
      else 'not a request: another line of a session'
    end as skip_reason,
    requests.* exclude (place, problem)
  from events
  left join requests on requests.place = events.place
)
select
  records.path,
  records.place - firsts.first_place + 1 as record,
  records.bytes,
  records.skip_reason,
  records.request_key,
  records.response_id as upstream_id,
  records.started as started_at,
  coalesce(
    $constants['provider'],
    case
      when regexp_full_match(records.provider, '(?i)instagen|submodel') then 'instagen'
      else coalesce(records.provider, 'openai')
    end
  ) as provider,
  $constants['host'] as host,
  $constants['account'] as account,
  coalesce($constants['model'], records.model) as model,
  $constants['operation'] as operation,
  $constants['access_key'] as access_key,
  coalesce($constants['project'], nullif(regexp_extract(records.cwd, '([^/\\]+)[/\\]*$', 1), '')) as project,
  $constants['user'] as "user",
  coalesce($constants['session'], records.session) as session,
  'ok' as status,
  nullif(records.tier, '') as service_tier,
  records.used[1] as input_tokens,
  case when records.used[2] <= records.used[1] then records.used[2] end as cache_read_tokens,
  records.used[3] as cache_write_5m_tokens,
  records.used[4] as output_tokens,
  case when records.used[5] <= records.used[4] then records.used[5] end as reasoning_tokens,
  case when records.used[6] >= 0 then records.used[6] end as reported_total_tokens
from records
inner join firsts on firsts.path = records.path
