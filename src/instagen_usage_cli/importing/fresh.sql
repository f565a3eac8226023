-- What the files of this import add to what is known of the affected requests.
create temp table fresh as
with said as (
  select * exclude (import_id) from merged()
  except
  select * exclude (import_id, precedence, is_sighting) from known
)
select
  files.import_id,
  sources.precedence,
  said.*
from said
inner join files on files.name = said.path
inner join sources on sources.source = said.source;
