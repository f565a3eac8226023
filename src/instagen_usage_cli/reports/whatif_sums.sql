-- One row per combination of the dimensions $by, day, size and what the cost rests on: what the requests of one model cost,
-- and what the same tokens would have cost with the other one, or why that cannot be said.
create or replace temp table whatif_sums as
with
-- include: views/elsewhere
compared as (
  select
    *,
-- include: views/dimensions
  from elsewhere
)
select *
from compared
