-- Forgetting: what only some imports brought goes, and what others brought too stays as those say.

-- name: write_fence
-- Change the fence, which stops a second writer.
update write_fence set n = n;

-- name: kept
-- The requests that other imports brought too: they stay, as those say.
create or replace temp table kept as
select distinct request_key
from sightings
where import_id in (select unnest($imports));

-- name: kept_sightings
-- What the other imports say of the kept requests.
create or replace temp table kept_sightings as
select
  '' as path,
  sources.precedence,
  sightings.*
from sightings
semi join kept using (request_key)
left join sources on sources.source = sightings.source
where sightings.import_id not in (select unnest($imports));

-- name: drop_requests
-- The forgotten imports' requests go, and those that other imports brought too, which are stored anew.
delete from requests
where import_id in (select unnest($imports)) or request_key in (select request_key from kept);

-- name: drop_sightings
-- What the forgotten imports left here.
delete from sightings
where import_id in (select unnest($imports));

-- name: drop_statements
-- What the forgotten imports left here.
delete from statements
where import_id in (select unnest($imports));

-- name: drop_skipped
-- What the forgotten imports left here.
delete from skipped
where import_id in (select unnest($imports));

-- name: drop_imports
-- What the forgotten imports left here.
delete from imports
where import_id in (select unnest($imports));

-- name: restore_kept
-- Store the kept requests as the other imports say.
insert into requests by name
select * exclude (path)
from merged('kept_sightings')
order by started_at;

-- name: drop_names
-- Forget what prices are looked up by; what is left names it again.
delete from names;

-- name: restore_names
-- Keep what prices are looked up by: each host, provider, model and tier that a request or statement names.
insert into names by name
select distinct
  host,
  provider,
  model,
  service_tier
from requests
union
select
  host,
  provider,
  model,
  service_tier
from statements;

-- name: drop_lines
-- Forget which lines of price lists hold for what nothing names any more: such names are no longer in use.
delete from price_lines
where not exists (
  select 1
  from names
  where
    names.host is not distinct from price_lines.host
    and names.provider is not distinct from price_lines.provider
    and names.model is not distinct from price_lines.model
    and names.service_tier is not distinct from price_lines.service_tier
)
