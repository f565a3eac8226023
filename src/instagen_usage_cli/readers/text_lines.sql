-- One row per line of the files, in their order; a blank line has no text. Lines are read as a CSV of one column,
-- because read_json loses neighbours of a broken line.
create or replace temp macro text_lines(paths, buffer) as table
select
  filename as path,
  case when getvariable('keep_rejects') then mended(line) else line end as text,
  coalesce(strlen(line), 0) + 1 as bytes
from read_csv(
  paths,
  columns = {'line': 'varchar'},
  auto_detect = false,
  header = false,
  delim = chr(1),
  quote = '',
  escape = '',
  strict_mode = false,
  filename = true,
  compression = 'none',  -- whatever its name says: it was unpacked
  store_rejects = getvariable('keep_rejects'),
  max_line_size = buffer,
  buffer_size = buffer
);
