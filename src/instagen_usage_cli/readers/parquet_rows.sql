-- One row per record of Parquet files, as a JSON object of its cells by their column.
create or replace temp macro texts(paths, fields, mark, heading_lines, buffer) as table
select
  cells.path,
  to_json(cells)::varchar as text,
  null::bigint as bytes
from read_parquet(paths, filename = 'path') as cells;
