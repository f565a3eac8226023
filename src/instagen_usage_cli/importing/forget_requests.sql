-- The forgotten imports' requests go, and those that other imports brought too, which are stored anew.
delete from requests
where import_id in (select unnest($imports)) or request_key in (select request_key from kept);
