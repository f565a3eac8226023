-- One row per day of a zone and combination of the chosen dimensions, of the days that have anything, with the end of
-- the last of its statements that are longer than a day.
with placed as (
  select
    * exclude (model, provider, access_key, project, "user", source, status),
-- include: views/dimensions
    -- if: utc
    slot::date as day
    -- end
    -- if: not utc
    (bucket(slot, 'day', $zone) at time zone 'UTC' at time zone $zone)::date as day
    -- end
  from sums
)
select
  day,
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
from placed
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
