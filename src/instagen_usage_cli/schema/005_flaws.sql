-- Earlier versions believed any time and any count. What cannot be true is skipped now, as an import skips it since then:
-- the requests go, and stand among the skipped records of their import.
create temp table flawed_requests as
select
  requests.request_key,
  requests.import_id,
  case
    when requests.started_at < timestamp '2015-01-01' or requests.started_at >= imports.imported_at + interval 2 days
      then 'a time before 2015 or in the future'
    else 'more tokens than can be'
  end as reason
from requests
left join imports using (import_id)
where
  requests.started_at < timestamp '2015-01-01'
  or requests.started_at >= imports.imported_at + interval 2 days
  or requests.input_tokens > 10_000_000_000
  or requests.output_tokens > 10_000_000_000
  or requests.cache_read_tokens > 10_000_000_000
  or requests.cache_write_5m_tokens > 10_000_000_000
  or requests.cache_write_1h_tokens > 10_000_000_000
  or requests.reasoning_tokens > 10_000_000_000
  or requests.reported_total_tokens > 10_000_000_000;

insert into skipped by name
select
  import_id,
  reason
from flawed_requests;

delete from requests
where request_key in (select request_key from flawed_requests);

delete from sightings
where request_key in (select request_key from flawed_requests);

delete from statements
where
  bucket_start < timestamp '2015-01-01'
  or bucket_start >= (select max(imported_at) from imports) + interval 2 days
  or input_tokens > 100_000_000_000_000
  or output_tokens > 100_000_000_000_000
  or cache_read_tokens > 100_000_000_000_000
  or cache_write_5m_tokens > 100_000_000_000_000
  or cache_write_1h_tokens > 100_000_000_000_000
  or reasoning_tokens > 100_000_000_000_000
  or reported_total_tokens > 100_000_000_000_000;

update imports set
  "new" = "new" - flawed.records,
  skipped = skipped + flawed.records,
  skipped_reasons = map_from_entries(
    list_concat(map_entries(coalesce(skipped_reasons, map {})), flawed.reasons)
  )
from (
  select
    import_id,
    sum(records)::bigint as records,
    list({'key': reason, 'value': records} order by reason) as reasons
  from (
    select
      import_id,
      reason,
      count(*) as records
    from flawed_requests
    group by all
  )
  group by all
) as flawed
where flawed.import_id = imports.import_id;

update imports set
  first_at = kept.first_at,
  last_at = kept.last_at
from (
  select
    imports.import_id,
    min(requests.started_at) as first_at,
    max(requests.started_at) as last_at
  from imports
  left join requests using (import_id)
  where imports.import_id in (select import_id from flawed_requests)
  group by all
) as kept
where kept.import_id = imports.import_id;

drop table flawed_requests;
