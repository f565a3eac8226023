-- One row per name that prices are looked up by, and exact id in the price lists that it may stand for: what the id was
-- found by, at the least distance.
create or replace temp view found_ids as
select
  host,
  provider,
  model,
  service_tier,
  id.model as price_model,
  case min(id.distance)
    when 0 then 'exact'
    when 1 then 'alias'
    when 2 then 'prefix'
    else 'prefix and alias'
  end as found_by
from (select *, unnest(ids) as id from known_names)
group by all
