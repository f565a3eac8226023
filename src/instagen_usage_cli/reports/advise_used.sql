-- One row per provider and model in use that advice is asked for about.
select distinct
  provider,
  model
from advise_sums
where is_asked
order by
  provider,
  model
