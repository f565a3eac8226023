-- Note the files that are about to be read, given as a JSON array of objects.
insert into files by name
select
  file.*,
  false as is_statement
from (
  select
    unnest(
      from_json(
        $files::json,
        '[{
          "path": "VARCHAR", "name": "VARCHAR", "size": "BIGINT", "plain_size": "BIGINT", "modified_ns": "BIGINT",
          "digest": "VARCHAR", "source": "VARCHAR", "precedence": "BIGINT", "adapter_version": "BIGINT",
          "reading": "VARCHAR", "is_hosted": "BOOLEAN", "is_mapped": "BOOLEAN", "is_placed": "BOOLEAN", "scope": "VARCHAR",
          "source_tz": "VARCHAR", "line_offset": "BIGINT"
        }]'
      )
    ) as file
);
