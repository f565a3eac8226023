-- The files of which some bytes are neither in a line read nor in a refused one: one per line for its ending, and
-- three for a byte order mark, are allowed for. Where an adapter does not say how long its records are, any file that
-- could hold a longer line than the buffer. Of tables, those with a refused record or with another number of records.
select files.path
from files
left join (
  select
    path,
    count(*) as line_count,
    sum(bytes) as byte_count
  from staging.staged
  group by path
) as lines on lines.path = files.path
where
  files.path in (select unnest(from_json($paths::json, '["VARCHAR"]')))
  and case
    when exists (select 1 from rejects where rejects.path = files.path) then (
      select bool_or($records::bigint[] is not null or rejects.reason like 'longer%')
      from rejects
      where rejects.path = files.path
    )
    when $records::bigint[] is not null
      then
        coalesce(lines.line_count, 0)
        <> ($records::bigint[])[list_position(from_json($paths::json, '["VARCHAR"]'), files.path)]
    when lines.byte_count is null then files.plain_size > $buffer
    else files.plain_size - lines.byte_count > lines.line_count + 3
  end
