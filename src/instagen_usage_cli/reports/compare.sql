-- One row: what a rank test needs to know of two samples of a measure, the baseline's and another model's. It is found
-- by counting equal values: `twice_wins` is twice the number of pairs of requests in which the other model has the
-- higher value, with one for each pair that is equal; `ties` is the sum of t³ - t over the sizes t of the groups of equal
-- values.
with counts as (
  select
    struct_extract(compared, $measure) as value,
    count(*) filter (where place = 1) as baseline_requests,
    count(*) filter (where place <> 1) as requests
  from compared
  where
    place in (1, $place)
    and struct_extract(compared, $measure) is not null
  group by value
),
ranked as (
  select
    baseline_requests::hugeint as baseline_requests,
    requests::hugeint as requests,
    sum(baseline_requests) over (order by value rows between unbounded preceding and current row) as baseline_up_to
  from counts
)
select
  coalesce(sum(baseline_requests), 0)::bigint as baseline_samples,
  coalesce(sum(requests), 0)::bigint as samples,
  coalesce(sum(requests * (2 * baseline_up_to - baseline_requests)), 0)::hugeint as twice_wins,
  coalesce(
    sum(
      (baseline_requests + requests) * (baseline_requests + requests) * (baseline_requests + requests)
      - (baseline_requests + requests)
    ),
    0
  )::hugeint as ties
from ranked
