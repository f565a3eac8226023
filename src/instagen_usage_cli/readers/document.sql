-- One row per record of files that hold one JSON document each: an array, a page of an API, or a single object.
create or replace temp macro texts(paths, fields, mark, heading_lines, buffer) as table
select
  filename as path,
  unnest(elements_of(mended(content))) as text,
  null::bigint as bytes
from read_text(paths);
