-- No request is staged twice or known already: none that is stored changes.
create temp table changed as
select *
from requests
where false;
