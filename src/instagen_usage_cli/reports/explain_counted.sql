-- One row per single request of $keys that counts in other reports: no statement of its time does instead.
with
-- include: views/counted
single as (
  select *
  from counted
  where stated_until is null
)
select request_key::varchar as request_key
from single
where
  list_contains($keys::uuid[], request_key)
  and started_at >= $since
  and started_at <= $until
