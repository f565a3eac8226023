-- Which line of a price list holds for each name is worked out when a list or a name changes, and kept.
create table price_lines (
  digest varchar,
  name_id bigint,
  host varchar,
  provider varchar,
  model varchar,
  service_tier varchar,
  valid_from timestamp,
  valid_until timestamp,
  input_from bigint,
  input_until bigint,
  is_sized boolean,
  gap varchar,
  price_list varchar,
  line bigint,
  is_own boolean,
  price_provider varchar,
  price_host varchar,
  price_model varchar,
  price_tier varchar,
  input_price decimal(18, 12),
  cache_read_price decimal(18, 12),
  cache_write_5m_price decimal(18, 12),
  cache_write_1h_price decimal(18, 12),
  output_price decimal(18, 12),
  reasoning_price decimal(18, 12),
  request_price decimal(18, 12),
  assumes_cache_read boolean,
  assumes_cache_write boolean,
  checked_on date
);
comment on table price_lines is 'One row per name, span of time and size of a request: the line of a price list that holds there. Made of prices, aliases and names.';
comment on column price_lines.digest is 'The SHA-256 of the price lists and aliases, and of the rules, that it was made by.';
comment on column price_lines.name_id is 'The number of the name.';
comment on column price_lines.host is 'The host name that answered.';
comment on column price_lines.provider is 'Who answered.';
comment on column price_lines.model is 'The model that answered.';
comment on column price_lines.service_tier is 'The service tier that was billed.';
comment on column price_lines.valid_from is 'It holds from this time (UTC).';
comment on column price_lines.valid_until is 'It holds until this time (UTC), not included.';
comment on column price_lines.input_from is 'It holds for requests with at least so many input tokens.';
comment on column price_lines.input_until is 'It holds for requests with fewer input tokens than that.';
comment on column price_lines.is_sized is 'Whether the price depends on the size of the request.';
comment on column price_lines.gap is 'What the lists have no line for: this model, host, tier or day; unknown where they have one.';
comment on column price_lines.price_list is 'The name of the file that the line stands in.';
comment on column price_lines.line is 'The number of the line there.';
comment on column price_lines.is_own is 'Whether it is from the user''s own list.';
comment on column price_lines.price_provider is 'The provider that the line is for.';
comment on column price_lines.price_host is 'The host that the line is for; empty for any.';
comment on column price_lines.price_model is 'The exact id in the list.';
comment on column price_lines.price_tier is 'The tier that the line is for; empty for the ordinary one.';
comment on column price_lines.input_price is 'In US dollars per token, as all prices here; unknown means none.';
comment on column price_lines.cache_read_price is 'Per token read from a cache.';
comment on column price_lines.cache_write_5m_price is 'Per token written to a five-minute cache.';
comment on column price_lines.cache_write_1h_price is 'Per token written to a one-hour cache.';
comment on column price_lines.output_price is 'Per token generated.';
comment on column price_lines.reasoning_price is 'Per reasoning token.';
comment on column price_lines.request_price is 'Per request, on top.';
comment on column price_lines.assumes_cache_read is 'Whether the price of cached tokens is that of the input, for want of one.';
comment on column price_lines.assumes_cache_write is 'Whether the price of written tokens is that of the input, for want of one.';
comment on column price_lines.checked_on is 'When the line was last compared with its source.';
