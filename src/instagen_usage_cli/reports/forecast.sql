-- One row per day of a zone and combination of the chosen dimensions, of the days that have anything, with the end of
-- the last of its statements that are longer than a day.
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
from priced_sums($filter, list_append($by, 'quarter'))
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
