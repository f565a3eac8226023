-- Requests: what is staged comes together with what is known already, and is stored.

-- name: write_fence
-- Bump the fence, which stops a second writer, by as many numbers as there are files to number.
update write_fence set n = n + (select count(*) from read_files);

-- name: number_files
-- Number the files from the fence, in their order.
update read_files set import_id = write_fence.n - numbered.after
from write_fence, (
  select
    path,
    count(*) over () - row_number() over (order by position) as after
  from read_files
) as numbered
where numbered.path = read_files.path;

-- name: sources
-- The sources, and whom to believe first.
create or replace temp table sources as
select
  unnest($sources) as source,
  unnest($precedences)::bigint as precedence;

-- name: imports_before
-- One row: the earlier imports of files whose content has not changed since, but which were read in another way, and of
-- files in the places of clients that were taken for something else; the earlier imports that ended within a line; and
-- whether the files of this import and of all
-- others are of several sources.
select
  (
    select list({'import_id': imports.import_id, 'path': imports.path})
    from imports
    inner join read_files on read_files.name = imports.path
    where
      imports.import_id <> read_files.import_id
      and (
        imports.digest = read_files.digest
        or (
          (imports.digest is null or read_files.digest is null)
          and imports.size = read_files.size
          and imports.modified_ns = read_files.modified_ns
        )
        or (read_files.is_placed and imports.source <> read_files.source)
      )
      and (
        imports.source <> read_files.source
        or imports.adapter_version <> read_files.adapter_version
        or imports.reading <> read_files.reading
      )
  ) as other_readings,
  (
    select
      list({
        'import_id': imports.import_id,
        'path': read_files.path,
        'open_from': imports.open_from,
        'open_until': imports.open_until,
        'open_digest': imports.open_digest
      })
    from imports
    inner join read_files on read_files.name = imports.path
    where imports.open_digest is not null and imports.import_id <> read_files.import_id
  ) as open_lines,
  1 < (
    select count(*)
    from (
      select source
      from read_files
      union
      select source
      from imports
    )
  ) as has_several_sources;

-- name: staged_requests
-- The staged records that are requests, with the file and the import they come from. Of tokens whose parts do not add up
-- to the source's own total, nobody knows what they mean: the total is kept, unless it is 0.
create temp view staged_requests as
with records as (
  select
    * exclude (
      record, line, bytes, skip_reason, is_by_cells, is_foreign, is_repeated_hour, wall, is_zoned, is_date, is_month, kind,
      report, bucket_end, requests, failed_requests, trace_id, span_id, parent_id, call
    ),
    coalesce(reported_total_tokens > 0 and input_tokens + output_tokens <> reported_total_tokens, false) as is_mismatch
  from staging.staged
  where skip_reason is null
)
select
  read_files.import_id,
  read_files.name as path,
  read_files.precedence,
  read_files.source,
  records.* exclude (path, is_mismatch) replace (
    -- Where it follows from the duration it is not kept: it would make the file a tenth larger.
    case
      when abs(date_diff('millisecond', started_at + to_milliseconds(duration_ms), ended_at)) <= 1 then null
      else ended_at
    end as ended_at,
    case when not is_mismatch then input_tokens end as input_tokens,
    case when not is_mismatch then cache_read_tokens end as cache_read_tokens,
    case when not is_mismatch then cache_write_5m_tokens end as cache_write_5m_tokens,
    case when not is_mismatch then cache_write_1h_tokens end as cache_write_1h_tokens,
    case when not is_mismatch then output_tokens end as output_tokens,
    case when not is_mismatch then reasoning_tokens end as reasoning_tokens
  ),
  case when records.is_mismatch then true end as tokens_mismatch
from records
inner join read_files on read_files.path = records.path
where not read_files.is_statement;

-- name: find_overlap
-- Whether the store already has any of the staged requests, within a day and an hour around the staged times, which cover
-- a reading in any other zone, or of any time where a source replays; and whether any is staged twice.
with keys as (
  select
    request_key,
    count(*) as records
  from staged_requests
  group by request_key
)
select
  coalesce(bool_or(records > 1), false) as is_staged_twice,
  exists (
    select 1
    from requests
    semi join keys using (request_key)
    where requests.started_at between $since::timestamp and $until::timestamp
  ) or exists (
    select 1
    from sightings
    semi join keys using (request_key)
  ) as is_stored
from keys;

-- name: stored_sightings
-- What the store already says of the staged requests: one row per request and import that brought it.
create temp table stored_sightings as
with keys as (
  select distinct request_key
  from staged_requests
),
seen as (
  select
    sightings.*,
    true as is_sighting
  from sightings
  semi join keys using (request_key)
),
stored as (
  select
    requests.*,
    false as is_sighting
  from requests
  semi join keys using (request_key)
  anti join seen using (request_key)
  where requests.started_at between $since::timestamp and $until::timestamp
),
all_stored as (
  select *
  from seen
  union all by name
  select *
  from stored
)
select
  coalesce(imports.path, '') as path,
  sources.precedence,
  all_stored.*
from all_stored
left join imports using (import_id)
left join sources on sources.source = all_stored.source;

-- name: affected
-- The requests that need more than an insert: staged twice, by several files perhaps, or known already.
create temp table affected (
  request_key uuid,
  is_of_several_files boolean
);

-- name: find_affected
-- Fill in the requests that need more than an insert.
insert into affected by name
with staged_twice as (
  select
    request_key,
    min(import_id) < max(import_id) as is_of_several_files
  from staged_requests
  group by request_key
  having count(*) > 1
)
select *
from staged_twice
union all by name
select distinct
  request_key,
  false as is_of_several_files
from stored_sightings
anti join staged_twice using (request_key);

-- name: is_in_order
-- Whether the staged records came in the order of their time.
select coalesce(bool_and(started_at >= time_before), true)
from (
  select
    started_at,
    lag(started_at) over () as time_before
  from staging.staged
  where skip_reason is null
);

-- name: store_new
-- Store the requests that are new, as they came.
insert into requests by name
select staged_requests.* exclude (path, precedence)
from staged_requests
anti join affected using (request_key);

-- name: sort_new
-- Store the requests that are new, in the order of their time.
insert into requests by name
select staged_requests.* exclude (path, precedence)
from staged_requests
anti join affected using (request_key)
order by started_at;

-- name: changed
-- The affected requests as they now are, where that differs from how they are stored.
create temp table changed as
select *
from requests
limit 0;

-- name: new_readings
-- The staged records of stored requests that differ from what an earlier import of the same file brought. In a log that
-- grew there are all but none.
create temp table new_readings as
select * exclude (is_stored)
from (
  select
    * exclude (import_id),
    false as is_stored
  from staged_requests
  semi join stored_sightings using (request_key)
  union all by name
  select
    * exclude (import_id, is_sighting),
    true as is_stored
  from stored_sightings
)
group by all
having not bool_or(is_stored);

-- name: merge_plan
-- What merging takes: whether there is anything to merge at all; whether each affected request is in one file alone;
-- whether all are of one source.
select
  exists (select 1 from new_readings) or exists (select 1 from affected anti join stored_sightings using (request_key)) as has_merges,
  not exists (select 1 from stored_sightings) and not exists (select 1 from affected where is_of_several_files) as is_of_single_files,
  1 = (
    select count(*)
    from (
      select source
      from read_files
      union
      select source
      from stored_sightings
    )
  ) as is_of_one_source;

-- name: believe_the_only_source
-- Of the values that one source gives a request, the smallest, the largest, or the one of the earliest time: without the
-- source it is found much faster.
create or replace temp macro believed_min(value, precedence, source) as min(value);
create or replace temp macro believed_max(value, precedence, source) as max(value);
create or replace temp macro believed_first(value, moment, precedence, source) as arg_min(value, row(moment, value));

-- name: believe_by_precedence
-- Of the values that several sources give a request, one of the source believed first.
create or replace temp macro believed_min(value, precedence, source) as arg_min(value, row(precedence, source, value));
create or replace temp macro believed_max(value, precedence, source) as arg_max(value, row(-precedence, source, value));
create or replace temp macro believed_first(value, moment, precedence, source) as
arg_min(value, row(precedence, source, moment, value));

-- name: merged
-- One row per request and path of the table or view of that name: what it says together, in whatever order. Known wins
-- over unknown; tokens come together from the fullest count; cost by who said it; of the rest, from the source believed
-- first.
create or replace temp macro merged(sightings_name) as table
with ranked as (
  select
    *,
    {
      'input_tokens': input_tokens,
      'cache_read_tokens': cache_read_tokens,
      'cache_write_5m_tokens': cache_write_5m_tokens,
      'cache_write_1h_tokens': cache_write_1h_tokens,
      'output_tokens': output_tokens,
      'reasoning_tokens': reasoning_tokens,
      'reported_total_tokens': reported_total_tokens,
      'tokens_estimated': tokens_estimated,
      'tokens_mismatch': tokens_mismatch
    } as usage,
    -- The fullest; of those the largest first, and what is not known last.
    row(
      coalesce(tokens_estimated, false),
      (input_tokens is null)::int
      + (output_tokens is null)::int
      + (cache_read_tokens is null)::int
      + (cache_write_5m_tokens is null)::int
      + (cache_write_1h_tokens is null)::int
      + (reasoning_tokens is null)::int
      + (reported_total_tokens is null)::int,
      coalesce(-output_tokens, 1),
      coalesce(-input_tokens, 1),
      coalesce(-cache_read_tokens, 1),
      coalesce(-reasoning_tokens, 1),
      coalesce(-cache_write_5m_tokens, 1),
      coalesce(-cache_write_1h_tokens, 1),
      coalesce(-reported_total_tokens, 1)
    ) as usage_rank,
    {'reported_cost_usd': reported_cost_usd, 'reported_cost_kind': reported_cost_kind} as cost,
    row(
      reported_cost_usd is null,
      coalesce(list_position(['billed', 'gateway', 'client'], reported_cost_kind), 4),
      precedence,
      source,
      -reported_cost_usd
    ) as cost_rank
  from query_table(sightings_name)
)
select
  path,
  request_key,
  min(import_id) as import_id,
  believed_min(
    columns('^(source|upstream_id|started_at|provider|host|account|model|requested_model|operation|access_key|project|user)$'),
    precedence,
    source
  ) as '\0',
  -- What a fork or a resumed session tells again happened in the session that told it first.
  believed_first(session, started_at, precedence, source) as session,
  believed_min(columns('^(tags|http_status|error_type|service_tier|ttft_ms)$'), precedence, source) as '\0',
  believed_max(columns('^(ended_at|status|stream|duration_ms)$'), precedence, source) as '\0',
  bool_or(cache_hit) as cache_hit,
  unnest(arg_min(usage, usage_rank)),
  unnest(arg_min(cost, cost_rank))
from ranked
group by path, request_key;

-- name: single_sightings
-- What each file says of an affected request, where each of these is in one file and none is stored.
create temp view single_sightings as
select staged_requests.*
from staged_requests
semi join affected using (request_key);

-- name: change_single
-- The affected requests, each of them in one file, and none stored before.
insert into changed by name
select * exclude (path)
from merged('single_sightings');

-- name: file_sightings
-- What each file says of an affected request, together with what the same file said before.
create temp view file_sightings as
select staged_requests.*
from staged_requests
semi join affected using (request_key)
anti join stored_sightings using (request_key)
union all by name
select
  new_readings.*,
  read_files.import_id
from new_readings
inner join read_files on read_files.name = new_readings.path
union all by name
select stored_sightings.* exclude (is_sighting)
from stored_sightings
semi join new_readings using (request_key, path);

-- name: new_sightings
-- What the files of this import add to what is known of the affected requests.
create temp table new_sightings as
with together as (
  select * exclude (import_id)
  from merged('file_sightings')
),
added as (
  select * exclude (is_stored)
  from (
    select
      *,
      false as is_stored
    from together
    semi join stored_sightings using (request_key)
    union all by name
    select
      * exclude (import_id, precedence, is_sighting),
      true as is_stored
    from stored_sightings
  )
  group by all
  having not bool_or(is_stored)
),
both_added as (
  select *
  from together
  anti join stored_sightings using (request_key)
  union all by name
  select *
  from added
)
select
  read_files.import_id,
  sources.precedence,
  both_added.*
from both_added
inner join read_files on read_files.name = both_added.path
inner join sources on sources.source = both_added.source;

-- name: all_sightings
-- All that is now known of the requests to which this import adds something, where more than one file or import
-- brought them.
create temp table all_sightings as
with several as (
  select request_key
  from new_sightings
  group by request_key
  having count(*) > 1
  union
  select stored_sightings.request_key
  from stored_sightings
  semi join new_sightings using (request_key)
)
select
  '' as path,
  stored_sightings.* exclude (path, is_sighting)
from stored_sightings
semi join several using (request_key)
union all by name
select
  '' as path,
  new_sightings.* exclude (path)
from new_sightings
semi join several using (request_key);

-- name: change_merged
-- The affected requests as all says together, where that is not how they are stored.
insert into changed by name
with together as (
  select * exclude (path)
  from merged('all_sightings')
),
stored as materialized (
  select requests.*
  from requests
  semi join together using (request_key)
),
different as (
  select request_key
  from (
    select * exclude (import_id)
    from together
    union by name
    select * exclude (import_id)
    from stored
  )
  group by request_key
  having count(*) > 1
)
select *
from together
semi join different using (request_key)
union all by name
select *
from together
anti join stored using (request_key)
union all by name
select new_sightings.* exclude (path, precedence)
from new_sightings
anti join all_sightings using (request_key);

-- name: drop_changed
-- A changed request is stored anew.
delete from requests
where request_key in (select request_key from changed);

-- name: store_changed
-- Store the changed requests as all that is said of them together says.
insert into requests by name
select *
from changed
order by started_at;

-- name: store_sightings
-- Keep what each import said of a request that more than one of them brought.
insert into sightings by name
with several as (
  select request_key
  from all_sightings
  group by request_key
  having count(*) > 1
)
select new_sightings.* exclude (path, precedence)
from new_sightings
semi join several using (request_key)
union all by name
select stored_sightings.* exclude (path, precedence, is_sighting)
from stored_sightings
semi join several using (request_key)
where not stored_sightings.is_sighting;

-- name: store_names
-- Keep what prices are looked up by: each host, provider, model and tier that nobody named before.
insert into names by name
with named as (
  select distinct
    host,
    provider,
    model,
    service_tier
  from staging.staged
  where skip_reason is null
)
select named.*
from named
left join names
  on
    names.host is not distinct from named.host
    and names.provider is not distinct from named.provider
    and names.model is not distinct from named.model
    and names.service_tier is not distinct from named.service_tier
where names.rowid is null;

-- name: store_changed_names
-- The same of what merging brought together.
insert into names by name
with named as (
  select distinct
    host,
    provider,
    model,
    service_tier
  from changed
)
select named.*
from named
left join names
  on
    names.host is not distinct from named.host
    and names.provider is not distinct from named.provider
    and names.model is not distinct from named.model
    and names.service_tier is not distinct from named.service_tier
where names.rowid is null;

-- name: overlapping_days
-- On how many host-days (UTC) of this import another source has a request alike, with the same tokens within two minutes,
-- where not both have a common id.
with days as (
  select
    date_trunc('day', started_at) as day,
    host
  from requests
  where started_at >= $first_day::timestamp and started_at < $after_last_day::timestamp
  group by all
  having count(distinct source) > 1 and bool_or(source in (select source from read_files))
),
doubtful as (
  select
    days.day,
    days.host,
    requests.source,
    requests.started_at,
    requests.input_tokens,
    requests.output_tokens,
    coalesce(requests.request_key = upstream_key(requests.upstream_id, null), false) as has_common_id
  from days
  inner join requests on date_trunc('day', requests.started_at) = days.day and requests.host = days.host
  where requests.started_at >= $first_day::timestamp and requests.started_at < $after_last_day::timestamp
)
select count(distinct row(one.day, one.host))
from doubtful as one
inner join doubtful as other
  on
    other.day = one.day
    and other.host = one.host
    and other.input_tokens = one.input_tokens
    and other.output_tokens = one.output_tokens
    and other.source > one.source
    and not (one.has_common_id and other.has_common_id)
    and other.started_at between one.started_at - interval 2 minutes and one.started_at + interval 2 minutes
