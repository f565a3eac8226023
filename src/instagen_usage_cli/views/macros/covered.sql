-- One row: the time that the imports cover, from their first record to behind the last one, a statement to its end (UTC).
-- Without imports it is unknown.
create or replace temp macro covered() as table
select
  min(imports.first_at) as covered_since,
  greatest(
    max(imports.last_at) + interval 1 microsecond,
    (select max(statements.bucket_end) from statements)
  ) as covered_until
from imports;
