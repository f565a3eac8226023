-- Files in which a record is not a line.
update files set line_offset = null
where path in (select unnest(from_json($paths::json, '["VARCHAR"]')));
