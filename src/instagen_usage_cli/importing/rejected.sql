-- One row per record that the reader refused, with the place it stands at.
insert into rejects
select
  scans.file_path as path,
  errors.line - $skip as record,
  min(errors.line_byte_position - 1) as byte_offset,
  min(
    case errors.error_type
      when 'INVALID ENCODING' then 'not valid UTF-8'
      when 'LINE SIZE OVER MAXIMUM' then 'longer than 128 MiB'
      when 'MISSING COLUMNS' then 'too few columns'
      when 'TOO MANY COLUMNS' then 'too many columns'
      when 'UNQUOTED VALUE' then 'an unclosed quote'
      else 'not readable'
    end
  ) as reason
from reject_errors as errors
inner join reject_scans as scans
  on scans.scan_id = errors.scan_id and scans.file_id = errors.file_id
where
  scans.file_path in (select unnest(from_json($paths::json, '["VARCHAR"]')))
  and scans.scan_id = (select max(scan_id) from reject_scans)
group by all;
