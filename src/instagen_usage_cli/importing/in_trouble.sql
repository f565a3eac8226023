-- The files to be read once more: with a line that can be mended and, of those that were read in any order, with any
-- record that could not be used, which is told by its place in the file.
select distinct path
from staging.staged
where
  path in (select unnest(from_json($paths::json, '["VARCHAR"]')))
  and skip_reason <> 'blank'
  and skip_reason not like 'not a request%'
  and ($in_any_order or skip_reason = 'half a character')
