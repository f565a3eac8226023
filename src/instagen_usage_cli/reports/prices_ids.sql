-- One row per exact id in the price lists and per name of a model in use; those in use come first.
select name
from (
  select
    model as name,
    false as is_in_use
  from prices
  union all
  select
    model,
    true
  from names
)
where name is not null
group by name
order by
  max(is_in_use) desc,
  name
