-- A changed request is stored anew.
delete from requests
where request_key in (select request_key from changed);
