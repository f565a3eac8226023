-- Store the changed requests as all that is said of them together says.
insert into requests by name
select *
from changed
order by started_at;
