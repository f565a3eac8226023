-- One row per day of a zone and combination of the chosen dimensions, of the days that have anything, with the end of
-- the last of its statements that are longer than a day.
with placed as (
  select
    *,
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
  dimensions.*,
  sum(columns('^(requests|total_tokens)$'))::bigint as '\0',
  sum(cost_usd)::decimal(38, 12) as cost_usd,
  max(longer_until) as longer_until
from placed
group by
  day,
  dimensions
order by
  day,
  dimensions
