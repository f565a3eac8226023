-- Store the kept requests as the other imports say.
insert into requests by name
select * exclude (path)
from merged('said_by_others')
order by started_at;
