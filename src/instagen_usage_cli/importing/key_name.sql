-- The name under which an access key is stored.
select key_name($cell)
