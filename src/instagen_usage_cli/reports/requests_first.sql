-- One row per single request of the filter that is among the first $limit in the order of $sort: its key and time. The
-- order by cost is not for here, where nothing has a price yet.
with
-- include: views/priceable
single as (
  select *
  from priceable
  where stated_until is null
)
select
  request_key::varchar as request_key,
  started_at
from single
order by
  case when $sort = 'slowest' then duration_ms end desc nulls last,
  case when $sort = 'largest' then total_tokens end desc nulls last,
  single.started_at desc,
  single.request_key
limit $limit
