-- The files with a record that could not be used, which is told by its place in the file.
select distinct path
from staging.staged
where path in (select unnest($paths)) and skip_reason <> 'blank' and skip_reason not like 'not a request%'
