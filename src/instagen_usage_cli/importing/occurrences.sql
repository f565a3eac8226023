-- Two equal rows in one file are two requests, and the same two in a second file: of rows known by their cells only,
-- the second and later ones of a file get a key of their own.
update staging.staged set request_key = md5(json_array('again', repeated.request_key, repeated.occurrence)::varchar)::uuid
from (
  select
    staged.rowid as place,
    staged.request_key,
    row_number() over (
      partition by staged.path, staged.request_key order by
        staged.access_key,
        staged.project,
        staged."user",
        staged.session,
        staged.duration_ms,
        staged.error_type,
        staged.rowid
    ) as occurrence
  from staging.staged
  semi join (
    select
      path,
      request_key
    from staging.staged
    where is_by_cells and skip_reason is null
    group by path, request_key
    having count(*) > 1
  ) as equal
    on equal.path = staged.path and equal.request_key = staged.request_key
  where staged.is_by_cells and staged.skip_reason is null
) as repeated
where staged.rowid = repeated.place and repeated.occurrence > 1;
