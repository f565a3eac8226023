-- One row per line of the files, which is a record.
create or replace temp macro texts(paths, fields, mark, heading_lines, buffer) as table
select
  path,
  text,
  bytes
from text_lines(paths, buffer);
