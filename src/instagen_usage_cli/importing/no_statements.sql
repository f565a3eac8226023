-- No file is a statement: no bucket is staged, and none has an outcome.
create temp table staged_statements as
select
  *,
  0::bigint as records
from statements
where false;

create temp table statement_outcomes as
select
  import_id,
  scope,
  kind,
  bucket_start,
  bucket_width,
  records,
  ''::varchar as outcome
from staged_statements;
