-- The requests that need more than an insert: staged twice, or known already.
create temp table affected as
select request_key
from staged_requests
group by request_key
having count(*) > 1
union
select request_key
from known;
