-- On how many host-days (UTC) of this import another source has a request alike, with the same tokens within two minutes,
-- where not both have a common id.
with days as (
  select
    date_trunc('day', started_at) as day,
    host
  from requests
  where
    started_at >= (select date_trunc('day', min(started_at)) from staged_requests)
    and started_at < (select date_trunc('day', max(started_at)) + interval 1 day from staged_requests)
  group by all
  having count(distinct source) > 1 and bool_or(source in (select source from files))
),
doubtful as (
  select
    days.day,
    days.host,
    requests.source,
    requests.started_at,
    requests.input_tokens,
    requests.output_tokens,
    coalesce(requests.request_key = upstream_key(requests.upstream_id, null), false) as has_common_id
  from days
  inner join requests on date_trunc('day', requests.started_at) = days.day and requests.host = days.host
)
select count(distinct row(one.day, one.host))
from doubtful as one
inner join doubtful as other
  on
    other.day = one.day
    and other.host = one.host
    and other.input_tokens = one.input_tokens
    and other.output_tokens = one.output_tokens
    and other.source > one.source
    and not (one.has_common_id and other.has_common_id)
    and other.started_at between one.started_at - interval 2 minutes and one.started_at + interval 2 minutes
