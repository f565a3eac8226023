-- Every record read, before it is known what becomes of it. What is NULL in `skip_reason` is a request or a
-- statement. `record` counts from 1 in its file; where the adapter does not say it, it follows from the row's place.
create table staging.staged (
  path varchar,
  record bigint,
  bytes bigint,
  skip_reason varchar,
  is_by_cells boolean,
  is_foreign boolean,
  is_repeated_hour boolean,
  wall timestamp,
  is_zoned boolean,
  is_date boolean,
  is_month boolean,
  requests bigint,
  failed_requests bigint,
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

-- The files of this import, by the path they are read at.
create temp table files (
  path varchar,
  name varchar,
  import_id bigint,
  size bigint,
  plain_size bigint,
  modified_ns bigint,
  digest varchar,
  source varchar,
  precedence bigint,
  adapter_version bigint,
  reading varchar,
  scope varchar,
  source_tz varchar,
  line_offset bigint,
  is_statement boolean
);

-- Records that DuckDB itself could not read, by the number of their line or record.
create temp table rejects (
  path varchar,
  record bigint,
  byte_offset bigint,
  reason varchar
);
