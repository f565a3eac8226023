-- One row: from when to when requests must be weighed against the statements whose spans touch the window.
with spans as (
  select
    case when bucket_width in ('day', 'month') then bucket_start else date_trunc('day', bucket_start) end
      as span_start,
    case
      when bucket_width in ('day', 'month') then bucket_end
      else date_trunc('day', bucket_start) + interval 1 day
    end as span_end
  from statements
)
select
  min(span_start) as weighed_since,
  max(span_end) as weighed_until
from spans
where
  ($until is null or span_start < $until)
  and ($since is null or span_end > $since)
