-- One row per name that the store has in a dimension, the most used first.
with named as (
  select
    case $dimension
      when 'model' then model
      when 'provider' then provider
      when 'key' then access_key
      when 'project' then project
      when 'user' then "user"
      when 'session' then session
      when 'source' then source
    end as name
  from (
    select model, provider, access_key, project, "user", session, source from requests
    union all by name
    select model, provider, access_key, project, "user", source from statements
  )
)
select name
from named
where name is not null
group by name
order by
  count(*) desc,
  name
