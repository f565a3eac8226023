-- One row per statement that speaks for its bucket: of each bucket the newest import, of overlapping ones the
-- kind with tokens and the finest width, of the same export read in two zones the newest, of equal ones the source and
-- detail with the most requests. A table, so that every question is not planned with it again.
create or replace temp table chosen_statements as
with current_statements as (
  select
    *,
    coalesce(host, provider, '') as place,
    coalesce(account, '') as billed_to,
    bool_or(access_key is not null) over (partition by import_id) as keyed,
    case when kind = 'cost' then 10 else 0 end
    + list_position(['second', 'minute', 'hour', 'day', 'month'], bucket_width) as coarseness
  from statements
  qualify import_id = max(import_id) over (partition by scope, kind, bucket_start, bucket_width)
),
finest as (
  select coarse.*
  from current_statements as coarse
  where not exists (
    select 1
    from current_statements as fine
    where
      fine.place = coarse.place
      and fine.billed_to = coarse.billed_to
      and (
        fine.coarseness < coarse.coarseness
        -- The same export read in another zone.
        or (
          fine.scope = coarse.scope
          and fine.coarseness = coarse.coarseness
          and fine.bucket_start <> coarse.bucket_start
          and fine.import_id > coarse.import_id
        )
      )
      and fine.bucket_start < coarse.bucket_end
      and fine.bucket_end > coarse.bucket_start
  )
),
sets as (
  select
    place,
    billed_to,
    bucket_start,
    source,
    keyed
  from finest
  group by place, billed_to, bucket_start, source, keyed
  qualify row_number() over (
    partition by place, billed_to, bucket_start
    order by
      sum(requests) desc nulls last,
      sum(coalesce(reported_total_tokens, input_tokens + output_tokens)) desc nulls last,
      sum(reported_cost_usd) desc nulls last,
      source,
      keyed
  ) = 1
)
select finest.*
from finest
semi join sets
  on
    sets.place = finest.place
    and sets.billed_to = finest.billed_to
    and sets.bucket_start = finest.bucket_start
    and sets.source = finest.source
    and sets.keyed = finest.keyed;
