-- Number the files from the fence, in their order.
update files set import_id = (select n from write_fence) - (select count(*) from files) + numbered.place
from (
  select
    path,
    row_number() over (order by rowid) as place
  from files
) as numbered
where numbered.path = files.path;
