-- Store the changed requests as all contributions together say.
insert into requests by name
select *
from changed
order by started_at;
