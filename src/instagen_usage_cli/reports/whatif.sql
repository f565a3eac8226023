-- One row per combination of the dimensions (part = 'rows'), and one for everything ('total'): what was compared cost, and
-- would have cost with the other model; and how many requests were not compared.
with grouped as (
  select
    case when grouping(dimensions) = 0 then 'rows' else 'total' end as part,
    dimensions,
    sum(columns('^(requests|total_tokens)$')) filter (where other_gap is null)::bigint as '\0',
    sum(cost_usd) filter (where other_gap is null)::decimal(38, 12) as cost_usd,
    sum(other_cost_usd)::decimal(38, 12) as other_cost_usd,
    coalesce(sum(counted_requests) filter (where other_gap is not null), 0)::bigint as not_compared_requests,
    min(first_at) as first_at,
    max(last_at) as last_at
  from whatif_sums
  group by
    grouping sets (
      (dimensions),
      ()
    )
)
select
  dimensions.*,
  * exclude (dimensions),
  (other_cost_usd - cost_usd)::decimal(38, 12) as change_usd,
  (other_cost_usd - cost_usd)::double * 100 / nullif(cost_usd, 0)::double as cost_change_pct
from grouped
order by
  part,
  cost_usd desc nulls last,
  not_compared_requests desc,
  dimensions
