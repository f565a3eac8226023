-- One row per day of a zone and combination of the chosen dimensions, of the days that have anything, with the end of
-- the last of its statements that are longer than a day.
with quarters as (
  select
    time_bucket(interval 15 minutes, started_at) as quarter,
    case when list_contains($by, 'model') then model end as model,
    case when list_contains($by, 'provider') then provider end as provider,
    case when list_contains($by, 'access_key') then access_key end as access_key,
    case when list_contains($by, 'project') then project end as project,
    case when list_contains($by, 'user') then "user" end as "user",
    case when list_contains($by, 'source') then source end as source,
    case when list_contains($by, 'status') then status end as status,
    sum(requests)::bigint as requests,
    sum(coalesce(input_tokens + output_tokens, reported_total_tokens))::bigint as total_tokens,
    sum(cost_usd) as cost_usd,
    max(stated_until) filter (where stated_until > started_at + interval 25 hours) as longer_until
  from priced($filter)
  group by all
)
select
  (bucket(quarter, 'day', $zone) at time zone 'UTC' at time zone $zone)::date as day,
  model,
  provider,
  access_key,
  project,
  "user",
  source,
  status,
  sum(requests)::bigint as requests,
  sum(total_tokens)::bigint as total_tokens,
  sum(cost_usd)::decimal(38, 12) as cost_usd,
  max(longer_until) as longer_until
from quarters
group by all
order by
  day,
  model,
  provider,
  access_key,
  project,
  "user",
  source,
  status
