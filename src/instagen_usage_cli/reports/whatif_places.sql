-- One row per place where the other model is looked for: its name, whose price list is asked there, and whether that has
-- the model.
select
  coalesce(known.price_provider, known.provider, known.host, 'an unknown provider') as place,
  known.host,
  known.price_provider as provider,
  bool_or(known.price_model is not null) as is_listed
from known_names as known
semi join alternatives as others
  on
    others.other_host is not distinct from known.host
    and others.other_provider is not distinct from known.provider
    and others.other_model is not distinct from known.model
    and others.other_tier is not distinct from known.service_tier
group by all
order by all
