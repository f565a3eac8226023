-- The requests that nobody spoke of before, as they are stored.
create temp view new_requests as
select staged_requests.* exclude (place, path, precedence)
from staged_requests
anti join affected on affected.request_key = staged_requests.request_key;
