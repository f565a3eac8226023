-- One row per call to a model that llm 0.4 and older wrote at its end; newer ones keep the table where it has rows.
-- Nobody knows its tokens.
select
  json_object(
    'id', id,
    'model', model,
    'ended_utc', ended_utc,
    'duration_ms', duration_ms
  )
from (
  select
    rowid as place,
    cast(id as text) as id,
    cast(model as text) as model,
    cast(datetime_utc as text) as ended_utc,
    cast(duration_ms as text) as duration_ms
  from logs
)
order by place
