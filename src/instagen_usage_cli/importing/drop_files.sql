-- Drop what was noted of some files.
delete from files
where path in (select unnest(from_json($paths::json, '["VARCHAR"]')));
