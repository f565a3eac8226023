-- What the store already says of the staged requests: one row per request and import that brought it. A day and an
-- hour around the staged times cover a reading in any other zone; what sources replay may be of any time.
create temp table known as
with keys as (
  select distinct request_key
  from staged_requests
),
bounds as (
  select
    case when bool_or(list_contains($replayed, source)) then '-infinity' else min(started_at) - interval 25 hours end
      as since,
    case when bool_or(list_contains($replayed, source)) then 'infinity' else max(started_at) + interval 25 hours end
      as until
  from staged_requests
),
stored as (
  select requests.*
  from requests
  semi join keys on keys.request_key = requests.request_key
  where requests.started_at between (select since from bounds) and (select until from bounds)
),
seen as (
  select sightings.*
  from sightings
  semi join keys on keys.request_key = sightings.request_key
)
select
  coalesce(imports.path, '') as path,
  sources.precedence,
  true as is_sighting,
  seen.*
from seen
left join imports on imports.import_id = seen.import_id
left join sources on sources.source = seen.source
union all by name
select
  coalesce(imports.path, '') as path,
  sources.precedence,
  false as is_sighting,
  stored.*
from stored
left join imports on imports.import_id = stored.import_id
left join sources on sources.source = stored.source
anti join seen on seen.request_key = stored.request_key;
