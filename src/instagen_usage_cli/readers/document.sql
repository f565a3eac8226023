-- One row per element of files that hold one JSON document each: an array, a list envelope, or a single object.
create or replace temp macro texts(paths, buffer) as table
with documents as (
  select
    filename as path,
    content,
    try(json_type(content)) as kind,
    try(content ->> '$.object') = 'list' as is_list
  from read_text(paths)
)
select
  path,
  unnest(
    case
      when kind = 'ARRAY' then json_extract(content, '$[*]')::varchar[]
      when is_list then json_extract(content, '$.data[*]')::varchar[]
      else [content]
    end
  ) as text
from documents;
