-- One row per thing that costs rest on, or are missing for: a state of the cost with the price list, or with the model
-- that has no price and why: how many requests, what they cost, and how many of them are priced by an assumption; the most
-- requests first. It is of the part of the sums that lies behind the split, or of what `usage whatif` has `compared`. A row
-- of a statement that does not say of how many requests it is counts as one (`uncounted_rows`).
select
  cost_state,
  case cost_state when 'list' then price_list when 'unpriced' then coalesce(model, 'unknown model') end as name,
  cost_gap(cost_state, gap, is_failed, has_tokens) as gap,
  sum(counted_requests)::bigint as requests,
  -- if: not compared
  sum(counted_requests - coalesce(requests, 0))::bigint as uncounted_rows,
  -- end
  sum(cost_usd)::decimal(38, 12) as cost_usd,
  sum(cached_requests) filter (where cost_state = 'list' and assumes_cache_read)::bigint as assumed_reads,
  sum(writing_requests) filter (where cost_state = 'list' and assumes_cache_write)::bigint as assumed_writes,
  sum(stated_requests) filter (where cost_state = 'list' and is_sized)::bigint as assumed_sizes
-- if: compared
from whatif_sums
where other_gap is null
-- end
-- if: not compared
from sums
where is_behind_split
-- end
group by all
order by
  cost_state,
  requests desc,
  name,
  gap
