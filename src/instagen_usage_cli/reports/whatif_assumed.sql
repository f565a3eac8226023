-- One row per reason why requests are not compared, and one for those that are (no reason): how many, by which price lists
-- of the other model, and how many of them are priced there by an assumption.
select
  other_gap,
  sum(counted_requests)::bigint as requests,
  list_sort(list_distinct(list(other_price_list) filter (where other_gap is null))) as price_lists,
  coalesce(sum(cached_requests) filter (where other_gap is null and other_assumes_cache_read), 0)::bigint as assumed_reads,
  coalesce(sum(writing_requests) filter (where other_gap is null and other_assumes_cache_write), 0)::bigint
    as assumed_writes,
  coalesce(sum(stated_requests) filter (where other_gap is null and other_is_sized), 0)::bigint
    as assumed_sizes
from whatif_sums
group by other_gap
order by
  requests desc,
  other_gap
