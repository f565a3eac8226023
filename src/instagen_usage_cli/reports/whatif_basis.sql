-- One row per thing that the costs of what is compared rest on: a state of the cost with the price list: how many requests,
-- what they cost, and how many of them are priced by an assumption.
select
  cost_state,
  case when cost_state = 'list' then price_list end as name,
  null::varchar as gap,
  sum(counted_requests)::bigint as requests,
  sum(cost_usd)::decimal(38, 12) as cost_usd,
  sum(cached_requests) filter (where cost_state = 'list' and assumes_cache_read)::bigint as assumed_reads,
  sum(writing_requests) filter (where cost_state = 'list' and assumes_cache_write)::bigint as assumed_writes,
  sum(stated_requests) filter (where cost_state = 'list' and is_sized)::bigint as assumed_sizes
from whatif_sums
where other_gap is null
group by all
order by
  cost_state,
  requests desc,
  name
