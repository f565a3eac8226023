-- The names that the store has requests or statements of, and those that they are compared with.
create or replace temp table asked_names as
select
  row_number() over () as name_id,
  *
from (
  select
    host,
    provider,
    model,
    service_tier
  from names
  union
  select
    other_host,
    other_provider,
    other_model,
    other_tier
  from alternatives
);
