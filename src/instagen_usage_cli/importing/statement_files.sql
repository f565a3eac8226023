-- A file is a statement as a whole if it has buckets or counts requests, or if all its times are dates or months.
update files set is_statement = coalesce(judged.is_statement, false)
from (
  select
    path,
    bool_or(requests is not null or bucket_end is not null) or bool_and(is_date or is_month) as is_statement
  from staging.staged
  where skip_reason is null
  group by path
) as judged
where files.path = judged.path;
