-- The first schema. Facts are append-mostly; no keys, constraints, indexes or sequences, so that the same
-- tables can live in a shared lake. Times are UTC. NULL means unknown, never 0.

create table requests (
  request_key uuid,
  import_id bigint,
  source varchar,
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
comment on table requests is 'One row per call to a model.';
comment on column requests.request_key is 'Who this request is: a hash of its upstream id, of its own id, or of its raw cells.';
comment on column requests.import_id is 'The import that brought it first.';
comment on column requests.source is 'The adapter that read it, as given to --from.';
comment on column requests.upstream_id is 'The id the provider answered with, such as chatcmpl-….';
comment on column requests.started_at is 'When the request was sent (UTC).';
comment on column requests.ended_at is 'When the last byte came back (UTC), where that is not started_at + duration_ms.';
comment on column requests.provider is 'Who answered.';
comment on column requests.host is 'The host name that answered.';
comment on column requests.account is 'The account or organisation it was billed to.';
comment on column requests.model is 'The model that answered.';
comment on column requests.requested_model is 'The model that was asked for, where that is another.';
comment on column requests.operation is 'What was asked: chat, completion, embedding ….';
comment on column requests.access_key is 'The name of the access key, or the first 12 hex digits of its SHA-256; never the key.';
comment on column requests.project is 'The project or team.';
comment on column requests."user" is 'The user or end user.';
comment on column requests.session is 'The session or conversation.';
comment on column requests.tags is 'Free labels.';
comment on column requests.status is 'ok or error.';
comment on column requests.http_status is 'The HTTP status code.';
comment on column requests.error_type is 'The class of the error, never its message.';
comment on column requests.stream is 'Whether the answer was streamed.';
comment on column requests.cache_hit is 'Whether a gateway answered from its own cache, at no cost.';
comment on column requests.service_tier is 'The service tier that was billed.';
comment on column requests.input_tokens is 'Everything sent, including cached tokens.';
comment on column requests.cache_read_tokens is 'The part of input_tokens read from a cache.';
comment on column requests.cache_write_5m_tokens is 'The part of input_tokens written to a five-minute cache.';
comment on column requests.cache_write_1h_tokens is 'The part of input_tokens written to a one-hour cache.';
comment on column requests.output_tokens is 'Everything generated, including reasoning.';
comment on column requests.reasoning_tokens is 'The part of output_tokens spent on reasoning.';
comment on column requests.reported_total_tokens is 'The total as the source said it.';
comment on column requests.tokens_estimated is 'Whether the counts were estimated by the client.';
comment on column requests.duration_ms is 'Request sent to last byte, in milliseconds.';
comment on column requests.ttft_ms is 'Request sent to first token, in milliseconds.';
comment on column requests.reported_cost_usd is 'What the source said it cost, in US dollars.';
comment on column requests.reported_cost_kind is 'Who said so: billed (the provider), gateway or client.';

-- What each import said of a request that more than one of them brought.
create table sightings as select * from requests limit 0;
comment on table sightings is 'One row per request and import that brought it, for requests that more than one import brought.';

create table statements (
  import_id bigint,
  source varchar,
  scope varchar,
  kind varchar,
  bucket_start timestamp,
  bucket_end timestamp,
  bucket_width varchar,
  provider varchar,
  host varchar,
  account varchar,
  model varchar,
  access_key varchar,
  project varchar,
  "user" varchar,
  requests bigint,
  failed_requests bigint,
  input_tokens bigint,
  cache_read_tokens bigint,
  cache_write_5m_tokens bigint,
  cache_write_1h_tokens bigint,
  output_tokens bigint,
  reasoning_tokens bigint,
  reported_total_tokens bigint,
  reported_cost_usd decimal(38, 12),
  reported_cost_kind varchar
);
comment on table statements is 'One row per bucket and dimensions of a provider''s own aggregated report. The newest import of a bucket counts.';
comment on column statements.import_id is 'The import that brought it.';
comment on column statements.source is 'The adapter that read it.';
comment on column statements.scope is 'Source, account and fixed fields of the export: a later export of the same scope replaces whole buckets.';
comment on column statements.kind is 'usage (tokens, perhaps with cost) or cost (money only).';
comment on column statements.bucket_start is 'The start of the bucket (UTC).';
comment on column statements.bucket_end is 'The end of the bucket (UTC), not included.';
comment on column statements.bucket_width is 'second, minute, hour, day or month.';
comment on column statements.provider is 'Who answered.';
comment on column statements.host is 'The host name that answered.';
comment on column statements.account is 'The account or organisation it was billed to.';
comment on column statements.model is 'The model that answered.';
comment on column statements.access_key is 'The name of the access key, or the first 12 hex digits of its SHA-256.';
comment on column statements.project is 'The project or team.';
comment on column statements."user" is 'The user or end user.';
comment on column statements.requests is 'The number of requests, if the report says it.';
comment on column statements.failed_requests is 'How many of them failed, if the report says it.';
comment on column statements.input_tokens is 'Everything sent, including cached tokens.';
comment on column statements.cache_read_tokens is 'The part of input_tokens read from a cache.';
comment on column statements.cache_write_5m_tokens is 'The part of input_tokens written to a five-minute cache.';
comment on column statements.cache_write_1h_tokens is 'The part of input_tokens written to a one-hour cache.';
comment on column statements.output_tokens is 'Everything generated, including reasoning.';
comment on column statements.reasoning_tokens is 'The part of output_tokens spent on reasoning.';
comment on column statements.reported_total_tokens is 'The total as the report said it.';
comment on column statements.reported_cost_usd is 'What the report said it cost, in US dollars.';
comment on column statements.reported_cost_kind is 'Who said so: billed (the provider), gateway or client.';

create table imports (
  import_id bigint,
  imported_at timestamp,
  path varchar,
  size bigint,
  modified_ns bigint,
  digest varchar,
  source varchar,
  adapter_version bigint,
  reading varchar,
  "read" bigint,
  "new" bigint,
  already_stored bigint,
  improved bigint,
  replaced bigint,
  repeat bigint,
  skipped bigint,
  skipped_reasons map(varchar, bigint),
  first_at timestamp,
  last_at timestamp
);
comment on table imports is 'One row per file and import: its signature, how it was read, and where each record went.';
comment on column imports.import_id is 'The number to give to usage forget.';
comment on column imports.imported_at is 'When it was imported (UTC).';
comment on column imports.path is 'The file, as an absolute path; - for standard input.';
comment on column imports.size is 'Its size in bytes.';
comment on column imports.modified_ns is 'Its time of change, in nanoseconds since 1970.';
comment on column imports.digest is 'The SHA-256 of its content, for files up to 64 MiB.';
comment on column imports.source is 'The adapter that read it.';
comment on column imports.adapter_version is 'The version of that adapter.';
comment on column imports.reading is 'The mapping, constants, zone and encoding it was read with, as JSON.';
comment on column imports."read" is 'Records read = new + already_stored + improved + replaced + repeat + skipped.';
comment on column imports."new" is 'Records that were stored for the first time.';
comment on column imports.already_stored is 'Records that were stored before, word for word or less complete.';
comment on column imports.improved is 'Records that made a stored request more complete.';
comment on column imports.replaced is 'Records of a statement that replaced an earlier one.';
comment on column imports.repeat is 'Further records of a request within the same import.';
comment on column imports.skipped is 'Records that are no requests, or that could not be read.';
comment on column imports.skipped_reasons is 'How many were skipped for which reason.';
comment on column imports.first_at is 'The time of its first request (UTC).';
comment on column imports.last_at is 'The time of its last request (UTC).';

create table skipped (
  import_id bigint,
  record bigint,
  line bigint,
  byte_offset bigint,
  reason varchar
);
comment on table skipped is 'One row per record that could not be read. Its content is not kept: it may hold a prompt.';
comment on column skipped.import_id is 'The import it belongs to.';
comment on column skipped.record is 'The number of the record in its file, from 1.';
comment on column skipped.line is 'The number of its line, from 1, where a record is a line.';
comment on column skipped.byte_offset is 'Where it begins in the file, in bytes, where that is known.';
comment on column skipped.reason is 'Why it was skipped.';

create table prices (
  digest varchar,
  provider varchar,
  host varchar,
  model varchar,
  tier varchar,
  input decimal(18, 12),
  output decimal(18, 12),
  cache_read decimal(18, 12),
  cache_write_5m decimal(18, 12),
  cache_write_1h decimal(18, 12),
  reasoning decimal(18, 12),
  per_request decimal(18, 12),
  effective_from timestamp,
  effective_until timestamp,
  price_list varchar
);
comment on table prices is 'A copy of the price lists, in US dollars per token; the files are the truth.';
comment on column prices.digest is 'The SHA-256 of the price lists it was copied from.';
comment on column prices.provider is 'The provider whose price it is.';
comment on column prices.host is 'The host it is charged on.';
comment on column prices.model is 'The exact model id.';
comment on column prices.tier is 'The service tier, empty for the ordinary one.';
comment on column prices.input is 'Per input token.';
comment on column prices.output is 'Per output token.';
comment on column prices.cache_read is 'Per token read from a cache; unknown means the input price.';
comment on column prices.cache_write_5m is 'Per token written to a five-minute cache.';
comment on column prices.cache_write_1h is 'Per token written to a one-hour cache.';
comment on column prices.reasoning is 'Per reasoning token; unknown means the output price.';
comment on column prices.per_request is 'Per request, on top.';
comment on column prices.effective_from is 'Valid from this time (UTC).';
comment on column prices.effective_until is 'Valid until this time (UTC), not included; unknown means still.';
comment on column prices.price_list is 'The name of the file it stands in.';

create table write_fence (n bigint);
comment on table write_fence is 'One row, changed by every writer, so that two of them cannot pass at once. Import numbers come from it.';
comment on column write_fence.n is 'The last import number given out.';
insert into write_fence values (0);

create table schema_versions (version bigint, applied_at timestamp);
comment on table schema_versions is 'One row per migration that was applied.';
comment on column schema_versions.version is 'The number of the migration.';
comment on column schema_versions.applied_at is 'When it was applied (UTC).';
