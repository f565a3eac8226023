-- One row per record of files whose lines are pages of an API: JSON objects with a list of records, or arrays. The bytes of
-- a line stand at its first record.
create or replace temp macro texts(paths, fields, mark, heading_lines, buffer) as table
with pages as (
  select
    path,
    bytes,
    elements_of(text) as elements
  from text_lines(paths, buffer)
)
select
  path,
  unnest(elements) as text,
  case when unnest(generate_series(1, len(elements))) = 1 then bytes end as bytes
from pages;
