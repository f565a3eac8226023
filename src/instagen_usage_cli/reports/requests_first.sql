-- One row per single request of the filter that is among the first $limit in the order of $sort: its key and time. The
-- order by cost is not for here, where nothing has a price yet.
select
  request_key::varchar as request_key,
  started_at
from counted($filter) as counted
where stated_until is null
order by
  case when $sort = 'slowest' then duration_ms end desc nulls last,
  case when $sort = 'largest' then total_tokens end desc nulls last,
  counted.started_at desc,
  counted.request_key
limit $limit
