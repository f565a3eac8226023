-- One row per record of CSV files, as a JSON object of its cells by their headings. `fields` names every column in order.
create or replace temp macro texts(paths, fields, mark, heading_lines, buffer) as table
select
  cells.path,
  to_json(cells)::varchar as text,
  null::bigint as bytes
from read_csv(
  paths,
  columns = fields,
  delim = mark,
  skip = heading_lines,
  header = false,
  auto_detect = false,
  quote = '"',
  escape = getvariable('escape'),
  filename = 'path',
  parallel = (not getvariable('reads_alone')),
  compression = 'none',  -- whatever its name says: it was unpacked
  store_rejects = getvariable('keep_rejects'),
  max_line_size = buffer,
  buffer_size = buffer
) as cells;
