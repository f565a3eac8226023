-- Keep the buckets that say something new.
insert into statements by name
select staged.* exclude (records)
from staged_statements as staged
semi join (select * from statement_outcomes where outcome in ('new', 'replaced')) as fresh
  on
    fresh.import_id = staged.import_id
    and fresh.scope = staged.scope
    and fresh.kind = staged.kind
    and fresh.bucket_start = staged.bucket_start
    and fresh.bucket_width = staged.bucket_width
order by staged.bucket_start;
