-- One row per session in the index of Cline, without any content: its totals are those of the session's own file.
select json_object('session_id', session_id)
from (
  select
    rowid as place,
    cast(session_id as text) as session_id
  from sessions
)
order by place
