-- One row per name that lines of a price list have, as a request would say it.
insert into names by name
select
  unnest($hosts::varchar[]) as host,
  unnest($providers::varchar[]) as provider,
  unnest($models::varchar[]) as model,
  unnest($tiers::varchar[]) as service_tier
