-- Note the files that are about to be read: what tells them apart as a JSON array of objects, and what is equal for all.
insert into files by name
select
  file.*,
  $source as source,
  $precedence as precedence,
  $adapter_version as adapter_version,
  $reading as reading,
  $is_hosted as is_hosted,
  $is_mapped as is_mapped,
  $scope as scope,
  false as is_statement
from (
  select
    unnest(
      from_json(
        $files::json,
        '[{
          "path": "VARCHAR", "name": "VARCHAR", "size": "BIGINT", "plain_size": "BIGINT", "modified_ns": "BIGINT",
          "digest": "VARCHAR", "is_placed": "BOOLEAN", "source_tz": "VARCHAR", "line_offset": "BIGINT"
        }]'
      )
    ) as file
);
