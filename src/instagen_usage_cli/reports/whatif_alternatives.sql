-- One row per name in use of the model $model_from: the model $model_to at the same place, or at the provider
-- $provider_to, at the same tier.
create or replace temp table alternatives as
select distinct
  host,
  provider,
  model,
  service_tier,
  case when $provider_to::varchar is null then host end as other_host,
  coalesce($provider_to::varchar, provider) as other_provider,
  $model_to::varchar as other_model,
  service_tier as other_tier
from names
where model = $model_from::varchar;
