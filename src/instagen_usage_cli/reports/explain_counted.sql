-- One row per single request of $keys that counts in other reports: no statement of its time does instead.
select request_key::varchar as request_key
from counted($filter)
where
  stated_until is null
  and list_contains($keys::uuid[], request_key)
  and started_at >= $since
  and started_at <= $until
