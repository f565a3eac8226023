-- One row per compared model that has requests: how many, and from when to when.
select
  list_extract($models, place) as model,
  count(*) as requests,
  count(*) filter (where status = 'error') as failed_requests,
  min(started_at) as first_at,
  max(started_at) as last_at
from compared
group by place
order by place
