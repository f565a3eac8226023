-- One row per record of databases, which SQLite has read.
create or replace temp macro texts(paths, fields, mark, heading_lines, buffer) as table
select
  path,
  mended(text) as text,
  null::bigint as bytes
from database_records;
