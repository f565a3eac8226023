-- Staging: files become staged records, and what their records add up to says how each file was read.

-- name: staged
-- Every record read, before it is known what becomes of it. What is NULL in `skip_reason` is a request or a
-- statement. `record` counts from 1 in its file and `line` is the line it stands in; where the adapter does not say them,
-- they follow from the row's place. `bytes` is the length of its line, at the first record of each line; where it is said,
-- it is said for every line. A record with a `bucket_end` is a statement, of usage unless `kind` says cost.
-- `report` says which of a source's reports it is from, where a bucket of one must not replace that of another. Sources
-- that trace say which span a record is, what it is part of, and of calls to a model their kind (`call`).
create table staging.staged (
  path varchar,
  record bigint,
  line bigint,
  bytes bigint,
  skip_reason varchar,
  is_by_cells boolean,
  is_foreign boolean,
  is_repeated_hour boolean,
  wall timestamp,
  is_zoned boolean,
  is_date boolean,
  is_month boolean,
  kind varchar,
  report varchar,
  bucket_end timestamp,
  requests bigint,
  failed_requests bigint,
  trace_id varchar,
  span_id varchar,
  parent_id varchar,
  call varchar,
  request_key uuid,
  upstream_id varchar,
  started_at timestamp,
  ended_at timestamp,
  provider varchar,
  host varchar,
  account varchar,
  model varchar,
  requested_model varchar,
  operation varchar,
  access_key varchar,
  project varchar,
  "user" varchar,
  session varchar,
  tags varchar[],
  status varchar,
  http_status bigint,
  error_type varchar,
  stream boolean,
  cache_hit boolean,
  service_tier varchar,
  input_tokens bigint,
  cache_read_tokens bigint,
  cache_write_5m_tokens bigint,
  cache_write_1h_tokens bigint,
  output_tokens bigint,
  reasoning_tokens bigint,
  reported_total_tokens bigint,
  tokens_estimated boolean,
  duration_ms bigint,
  ttft_ms bigint,
  reported_cost_usd decimal(38, 12),
  reported_cost_kind varchar
);

-- name: files
-- The files that are about to be read, by the path they are read at.
create temp table files (
  path varchar,
  name varchar,
  size bigint,
  plain_size bigint,
  modified_ns bigint,
  digest varchar,
  source varchar,
  precedence bigint,
  adapter_version bigint,
  reading varchar,
  is_hosted boolean,
  is_mapped boolean,
  is_placed boolean,
  scope varchar,
  source_tz varchar,
  line_offset bigint,
  open_from bigint,
  open_until bigint,
  open_digest varchar
);

-- name: rejects
-- Records that DuckDB itself could not read, by the number of their line or record.
create temp table rejects (
  path varchar,
  record bigint,
  byte_offset bigint,
  reason varchar
);

-- name: add_files
-- Note the files that are about to be read: what tells them apart as a JSON array of objects, and what is equal for all.
insert into files by name
select
  file.*,
  $source as source,
  $precedence as precedence,
  $adapter_version as adapter_version,
  $reading as reading,
  $is_hosted as is_hosted,
  $is_mapped as is_mapped,
  $scope as scope
from (
  select
    unnest(
      from_json(
        $files::json,
        '[{
          "path": "VARCHAR", "name": "VARCHAR", "size": "BIGINT", "plain_size": "BIGINT", "modified_ns": "BIGINT",
          "digest": "VARCHAR", "is_placed": "BOOLEAN", "source_tz": "VARCHAR", "line_offset": "BIGINT",
          "open_from": "BIGINT", "open_until": "BIGINT", "open_digest": "VARCHAR"
        }]'
      )
    ) as file
);

-- name: drop_refusals
-- Forget which records DuckDB refused in earlier scans: one without any is not noted, and theirs would be taken for its own.
drop table if exists reject_errors;
drop table if exists reject_scans;

-- name: add_refusals
-- One row per record that the reader refused, with the place it stands at.
insert into rejects
select
  scans.file_path as path,
  errors.line - $skip as record,
  min(errors.line_byte_position - 1) as byte_offset,
  min(
    case
      when starts_with(ltrim(errors.csv_line), '#') then 'not a request: a comment'
      when errors.error_type = 'INVALID ENCODING' then 'not valid UTF-8'
      when errors.error_type = 'LINE SIZE OVER MAXIMUM' then 'longer than 128 MiB'
      when errors.error_type = 'MISSING COLUMNS' then 'too few columns'
      when errors.error_type = 'TOO MANY COLUMNS' then 'too many columns'
      when errors.error_type = 'UNQUOTED VALUE' then 'an unclosed quote'
      else 'not readable'
    end
  ) as reason
from reject_errors as errors
inner join reject_scans as scans using (scan_id, file_id)
where
  scans.file_path in (select unnest(from_json($paths::json, '["VARCHAR"]')))
  and scans.scan_id = (select max(scan_id) from reject_scans)
group by all;

-- name: drop_staged
-- Drop what was noted of some files.
delete from staging.staged
where path in (select unnest(from_json($paths::json, '["VARCHAR"]')));

-- name: drop_rejects
-- Drop what was noted of some files.
delete from rejects
where path in (select unnest(from_json($paths::json, '["VARCHAR"]')));

-- name: add_unclosed_quote
-- Refuse the record in which a file ends within quotes: the one after all that were read.
insert into rejects
select
  $path as path,
  (select count(*) from staging.staged where path = $path)
  + (select count(distinct record) from rejects where path = $path) + 1 as record,
  null as byte_offset,
  'an unclosed quote' as reason;

-- name: skip_outer_calls
-- Traces have one call at several layers, each around the next: of calls of a kind the innermost counts, and one above it
-- only where it alone knows the usage. Whatever spans stand between are followed up to 64 levels: then a circle ends too.
update staging.staged set skip_reason = 'not a request: a parent of other calls'
from (
  with recursive calls as (
    select
      rowid as place,
      trace_id,
      span_id,
      parent_id,
      case when skip_reason is null then call end as call,
      coalesce(input_tokens, 0) + coalesce(output_tokens, 0) + coalesce(reported_total_tokens, 0) > 0 as is_metered
    from staging.staged
    where span_id is not null and path in (select unnest(from_json($paths::json, '["VARCHAR"]')))
  ),
  -- However often a span is there, it is followed once.
  spans as materialized (
    select
      min(place) as place,
      trace_id,
      span_id,
      parent_id,
      call,
      bool_or(is_metered) as is_metered
    from calls
    group by trace_id, span_id, parent_id, call
  ),
  links as materialized (
    select
      inner_spans.place,
      outer_spans.place as place_above,
      inner_spans.call,
      inner_spans.is_metered
    from spans as inner_spans
    inner join spans as outer_spans
      on outer_spans.trace_id = inner_spans.trace_id and outer_spans.span_id = inner_spans.parent_id
    where inner_spans.parent_id <> inner_spans.span_id
  ),
  above as (
    select
      place_above as place,
      call,
      is_metered,
      1 as height
    from links
    where call is not null
    union
    select
      links.place_above as place,
      above.call,
      above.is_metered,
      above.height + 1 as height
    from above
    inner join links on links.place = above.place
    where above.height < 64
  ),
  holders as (
    select
      place,
      call,
      bool_or(is_metered) as holds_usage
    from above
    group by place, call
  )
  select calls.place
  from calls
  inner join spans using (trace_id, span_id, call)
  inner join holders on holders.place = spans.place and holders.call = spans.call
  where holders.holds_usage or not calls.is_metered
) as outer_calls
where staged.rowid = outer_calls.place;

-- name: skip_flawed
-- Skip the records that cannot be true. An end that cannot be is not known, nor is how long it took until then.
update staging.staged set
  skip_reason = flaw(
    started_at,
    $latest::timestamp,
    requests is not null or bucket_end is not null,
    greatest(
      input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
      reported_total_tokens
    )
  ),
  ended_at = case when is_plausible(ended_at, $latest::timestamp) then ended_at end,
  duration_ms = case when ended_at is null or is_plausible(ended_at, $latest::timestamp) then duration_ms end
where skip_reason is null;

-- name: skip_totals
-- A row is no request that says so by its model or key, and has the numbers of all other rows, or of those since the last
-- such row.
update staging.staged set skip_reason = 'not a request: a total'
from (
  with measured as (
    select
      rowid as place,
      path,
      coalesce(is_total_name(model) or is_total_name(access_key), false) as is_total,
      [
        requests, input_tokens, output_tokens, reported_total_tokens, cache_read_tokens, reported_cost_usd
      ]::decimal(38, 12)[] as measures
    from staging.staged
    where skip_reason is null and path in (select unnest(from_json($paths::json, '["VARCHAR"]')))
  ),
  parted as (
    select
      *,
      count(*) filter (is_total) over (
        partition by path order by place rows between unbounded preceding and 1 preceding
      ) as part
    from measured
  ),
  cells as (
    select
      place,
      path,
      is_total,
      part,
      unnest(measures) as amount,
      unnest(range(6)) as measure
    from parted
  ),
  sums as (
    select
      *,
      sum(case when not is_total then amount end) over (partition by path, measure) as of_all,
      sum(case when not is_total then amount end) over (partition by path, part, measure) as of_part
    from cells
  )
  select place
  from sums
  where is_total
  group by place
  having
    count(amount) > 0
    and (
      bool_and(amount is null or amount = of_all)
      or bool_and(amount is null or amount = of_part)
    )
) as totals
where staged.rowid = totals.place;

-- name: drop_default_provider
-- Files that do not say who answered, and are not InstaGen's.
update staging.staged set
  provider = null,
  host = null
where skip_reason is null and path in (select unnest(from_json($paths::json, '["VARCHAR"]')));

-- name: part_equal_rows
-- Two equal rows in one file are two requests, and the same two in a second file: of rows known by their cells only,
-- the second and later ones of a file get a key of their own.
update staging.staged set request_key = md5(json_array('again', repeated.request_key, repeated.occurrence)::varchar)::uuid
from (
  select
    staged.rowid as place,
    staged.request_key,
    row_number() over (
      partition by staged.path, staged.request_key order by
        staged.access_key,
        staged.project,
        staged."user",
        staged.session,
        staged.duration_ms,
        staged.error_type,
        staged.rowid
    ) as occurrence
  from staging.staged
  semi join (
    select
      path,
      request_key
    from staging.staged
    where is_by_cells and skip_reason is null
    group by path, request_key
    having count(*) > 1
  ) as equal
    on equal.path = staged.path and equal.request_key = staged.request_key
  where staged.is_by_cells and staged.skip_reason is null
) as repeated
where staged.rowid = repeated.place and repeated.occurrence > 1;

-- name: read_files
-- One row per file as it was read: how many records it has and why some were skipped, whether it is a statement, and what
-- is worth knowing about it; in one scan. `reason` is why most of its bad records are bad. `lines` counts blank ones too.
create or replace temp table read_files as
with counts as (
  select
    path,
    skip_reason,
    false as is_refused,
    count(*) as lines,
    sum(bytes)::bigint as bytes,
    min(rowid) as first_row,
    bool_or(is_foreign) as is_foreign,
    bool_or(is_by_cells) as has_cells,
    -- A file is a statement as a whole if it has buckets or counts requests, or if all its times are dates or months.
    bool_or(requests is not null or bucket_end is not null) or bool_and(is_date or is_month) as is_statement,
    bool_or(host = instagen_host()) as is_at_default_host,
    bool_or(is_total_name(model) or is_total_name(access_key)) as has_totals,
    list(distinct lower(model)) filter (
      where provider = 'instagen' and lower(model) not in (select unnest($models::varchar[]))
    ) as other_models,
    -- Counts are whole numbers; money seldom is all over.
    sum(reported_cost_usd) filter (where coalesce(reported_total_tokens, input_tokens + output_tokens) > 0)
    / sum(coalesce(reported_total_tokens, input_tokens + output_tokens)) filter (where reported_cost_usd is not null)
    > case when bool_and(reported_cost_usd = floor(reported_cost_usd)) then 0.01 else 1 end as is_too_costly,
    bool_or(
      not is_plausible(ended_at, $latest::timestamp)
      or flaw(
        started_at,
        $latest::timestamp,
        requests is not null or bucket_end is not null,
        greatest(
          input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, reasoning_tokens,
          reported_total_tokens
        )
      ) is not null
    ) as has_flaws,
    count(*) filter (where not is_zoned) as unzoned,
    count(*) filter (where is_repeated_hour) as repeated_hour,
    count(*) filter (
      where reported_total_tokens > 0 and input_tokens + output_tokens <> reported_total_tokens
    ) as token_mismatch,
    count(*) filter (where provider is null) as unknown_provider,
    min(started_at) as first_at,
    max(started_at) as last_at
  from staging.staged
  group by path, skip_reason
  union all by name
  select
    path,
    reason as skip_reason,
    true as is_refused,
    count(*) as lines,
    min(rowid) as first_row,
    min(record) filter (where reason = 'an unclosed quote') as unclosed
  from rejects
  group by path, reason
),
reasons as (
  select
    *,
    case when skip_reason is distinct from 'blank' then lines end as records,
    skip_reason is null and path is not null as is_usable,
    skip_reason <> 'blank' as is_skipped,
    skip_reason <> 'blank' and skip_reason not like 'not a request%' as is_bad
  from counts
),
sums as (
  select
    files.*,
    files.rowid as position,
    null::bigint as import_id,
    coalesce(sum(lines) filter (where not is_refused), 0)::bigint as lines,
    sum(bytes)::bigint as bytes,
    coalesce(sum(records), 0)::bigint as records,
    coalesce(any_value(records) filter (where is_usable), 0) as usable,
    coalesce(sum(records) filter (where is_skipped), 0)::bigint as skipped,
    map_from_entries(
      list({'key': skip_reason, 'value': records} order by skip_reason) filter (where is_skipped)
    ) as skipped_reasons,
    coalesce(bool_or(is_bad and not is_refused), false) as has_bad,
    coalesce(
      bool_or(
        is_mapped
        and not is_refused
        and regexp_full_match(
          skip_reason, 'time not understood|.* is not a whole number|cost_usd is not .*|a duration could be two numbers'
        )
      ),
      false
    ) as has_doubts,
    coalesce(bool_or(is_refused), false) as has_refused,
    coalesce(bool_or(skip_reason = 'half a character'), false) as has_halves,
    coalesce(bool_or(is_refused and skip_reason like 'longer%'), false) as has_longer,
    arg_max(skip_reason, row(not is_refused, records, -first_row)) filter (where is_bad) as reason,
    min(unclosed) as unclosed,
    coalesce(bool_or(is_foreign), false) as is_foreign,
    coalesce(any_value(has_cells) filter (where is_usable), false) as has_cells,
    coalesce(any_value(has_flaws) filter (where is_usable), false) as has_flaws,
    coalesce(any_value(is_statement) filter (where is_usable), false) as is_statement,
    coalesce(any_value(is_at_default_host) filter (where is_usable), false) as is_at_default_host,
    coalesce(any_value(has_totals) filter (where is_usable), false) as has_totals,
    coalesce(any_value(other_models) filter (where is_usable), []) as other_models,
    coalesce(any_value(is_too_costly) filter (where is_usable), false) as is_too_costly,
    coalesce(any_value(unzoned) filter (where is_usable), 0) as unzoned,
    coalesce(any_value(repeated_hour) filter (where is_usable), 0) as repeated_hour,
    coalesce(any_value(token_mismatch) filter (where is_usable), 0) as token_mismatch,
    coalesce(any_value(unknown_provider) filter (where is_usable), 0) as unknown_provider,
    any_value(first_at) filter (where is_usable) as first_at,
    any_value(last_at) filter (where is_usable) as last_at
  from files
  left join reasons using (path)
  group by all
)
select
  * exclude (is_at_default_host),
  not is_hosted and is_at_default_host and coalesce(reading not like '%"provider"%', true) as default_provider
from sums;

-- name: drop_files
-- Drop what was noted of some files.
delete from read_files
where path in (select unnest(from_json($paths::json, '["VARCHAR"]')));

-- name: list_read_files
-- One row per file as it was read, by name.
select * exclude (skipped_reasons)
from read_files
order by name;

-- name: preview
-- The first records as they would be stored.
select
  parse_filename(files.name) as file,
  staged.started_at,
  staged.provider,
  staged.model,
  staged.access_key,
  staged.status,
  staged.requests,
  staged.input_tokens,
  staged.output_tokens,
  staged.reported_total_tokens,
  staged.reported_cost_usd,
  staged.duration_ms
from staging.staged
inner join files using (path)
where staged.skip_reason is null
order by files.name, staged.rowid
limit $limit;

-- name: preview_counts
-- One row per file: how many records it has, and how many of them would be skipped.
select
  name as path,
  source,
  records as "read",
  skipped
from read_files
order by name;
