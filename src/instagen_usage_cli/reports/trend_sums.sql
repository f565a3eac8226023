-- One row per bucket and combination of the chosen dimensions (part = 'rows'), one per combination ('series'), and one
-- for everything ('total'): sums over the window, which begins at the split of $filter, and of the measure over the whole
-- bucket, which may begin before.
create or replace temp table trend as
with placed as (
  select
    *,
-- include: views/dimensions
    -- if: utc
    date_trunc($every, slot)::timestamp as bucket,
    -- end
    -- if: not utc
    bucket(slot, $every, $zone) as bucket,
    -- end
    -- A decimal, because a sum of doubles depends on the order of the rows.
    case $measure
      when 'cost' then cost_usd
      when 'requests' then requests
      when 'tokens' then total_tokens
      when 'input' then input_tokens
      when 'output' then output_tokens
      when 'errors' then failed_requests
    end::decimal(38, 12) as measured
  from sums
)
select
  case
    when grouping(bucket) = 0 then 'rows'
    when grouping(dimensions) = 0 then 'series'
    else 'total'
  end as part,
  bucket,
  dimensions,
  bool_or(is_behind_split) as in_window,
  sum(columns('^(failed_|judged_)?requests$')) filter (where is_behind_split)::bigint as '\0',
  sum(columns('^(input|output|total)_tokens$')) filter (where is_behind_split)::bigint as '\0',
  sum(cost_usd) filter (where is_behind_split)::decimal(38, 12) as cost_usd,
  sum(measured)::double as whole,
  min(first_at) filter (where is_behind_split) as first_at,
  max(last_at) filter (where is_behind_split) as last_at,
  max(stated_until) filter (where is_behind_split) as stated_until
from placed
group by
  grouping sets (
    (bucket, dimensions),
    (dimensions),
    ()
  );
