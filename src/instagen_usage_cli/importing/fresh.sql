-- What the files of this import add to what is known of the affected requests.
create temp table fresh as
with together as (
  select * exclude (import_id) from merged('said_per_file')
),
unsaid as (
  select together.*
  from together
  semi join known on known.request_key = together.request_key
  except
  select * exclude (import_id, precedence, is_sighting) from known
),
said as (
  select together.*
  from together
  anti join known on known.request_key = together.request_key
  union all
  select * from unsaid
)
select
  files.import_id,
  sources.precedence,
  said.*
from said
inner join files on files.name = said.path
inner join sources on sources.source = said.source;
