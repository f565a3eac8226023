-- Store the requests that nobody spoke of before, in the order of their time.
insert into requests by name
select staged_requests.* exclude (place, path, precedence)
from staged_requests
anti join affected on affected.request_key = staged_requests.request_key
order by staged_requests.started_at;
