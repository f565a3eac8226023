-- Store the new requests, which came in the order of their time.
insert into requests by name
select *
from new_requests;
