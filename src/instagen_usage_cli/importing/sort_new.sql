-- Store the new requests in the order of their time.
insert into requests by name
select *
from new_requests
order by started_at;
