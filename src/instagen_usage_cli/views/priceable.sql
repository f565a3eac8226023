-- The relation `priceable`: what is counted, with the parts of its tokens that are priced alike, and what says how it can be
-- priced.
-- include: views/counted
priceable as not materialized (
  select
    *,
    coalesce(input_tokens + output_tokens, reported_total_tokens) as total_tokens,
    parts_of_input(cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens) as parts_of_input,
    input_tokens - least(parts_of_input, input_tokens) as plain_input_tokens,
    output_tokens - least(coalesce(reasoning_tokens, 0), output_tokens) as plain_output_tokens,
    reported_kind(reported_cost_kind, reported_cost_usd) as reported_kind,
    priced_at(started_at, stated_until) as priced_at,
    -- A price that depends on the size of a request cannot be told from a statement of many.
    case when stated_until is null then coalesce(input_tokens, 0) else 0 end as size,
    coalesce(status = 'error', false) as is_failed,
    has_tokens(input_tokens, output_tokens, reported_total_tokens) as has_tokens,
    requests is not null as knows_requests,
    input_tokens > 0 as has_input,
    output_tokens > 0 as has_output,
    coalesce(cache_write_5m_tokens > 0, false) as has_writes_5m,
    coalesce(cache_write_1h_tokens > 0, false) as has_writes_1h,
    has_reads_alone(input_tokens, cache_read_tokens) as has_reads_alone
  from counted
),
