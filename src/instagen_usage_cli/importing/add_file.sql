-- Note a file that is about to be read.
insert into files by name
select
  $path as path,
  $name as name,
  $size as size,
  $plain_size as plain_size,
  $modified_ns as modified_ns,
  $digest as digest,
  $source as source,
  $precedence as precedence,
  $adapter_version as adapter_version,
  $reading as reading,
  $is_hosted as is_hosted,
  $is_mapped as is_mapped,
  $scope as scope,
  $source_tz as source_tz,
  $line_offset as line_offset,
  false as is_statement;
