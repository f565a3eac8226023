-- The affected requests as they now are, where that differs from how they are stored.
create temp table changed as
with together as (
  select * exclude (path) from merged('said_per_request')
),
different as (
  select * exclude (import_id) from together
  except
  select requests.* exclude (import_id)
  from requests
  semi join together on together.request_key = requests.request_key
)
select
  together.import_id,
  different.*
from different
inner join together on together.request_key = different.request_key
union all by name
select fresh.* exclude (path, precedence)
from fresh
anti join said_per_request on said_per_request.request_key = fresh.request_key;
