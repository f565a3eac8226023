-- The names that the store has requests or statements of.
create or replace temp table asked_names as
select
  row_number() over () as name_id,
  *
from (
  select distinct
    host,
    provider,
    model,
    service_tier
  from names
);
