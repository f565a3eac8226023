-- One row per request and path of the table or view named `said`: what it says together, in whatever order. Known wins
-- over unknown; tokens come together from the fullest count; of the rest, from the source believed first; cost by who
-- said it.
create or replace temp macro merged(said) as table
select
  path,
  min(import_id) as import_id,
  request_key,
  said_first(source, precedence, source) as source,
  said_first(upstream_id, precedence, source) as upstream_id,
  said_first(started_at, precedence, source) as started_at,
  said_last(ended_at, precedence, source) as ended_at,
  said_first(provider, precedence, source) as provider,
  said_first(host, precedence, source) as host,
  said_first(account, precedence, source) as account,
  said_first(model, precedence, source) as model,
  said_first(requested_model, precedence, source) as requested_model,
  said_first(operation, precedence, source) as operation,
  said_first(access_key, precedence, source) as access_key,
  said_first(project, precedence, source) as project,
  said_first("user", precedence, source) as "user",
  said_first(session, precedence, source) as session,
  said_first(tags, precedence, source) as tags,
  said_last(status, precedence, source) as status,
  said_first(http_status, precedence, source) as http_status,
  said_first(error_type, precedence, source) as error_type,
  said_last(stream, precedence, source) as stream,
  bool_or(cache_hit) as cache_hit,
  said_first(service_tier, precedence, source) as service_tier,
  (arg_min(usage, usage_rank)).input_tokens as input_tokens,
  (arg_min(usage, usage_rank)).cache_read_tokens as cache_read_tokens,
  (arg_min(usage, usage_rank)).cache_write_5m_tokens as cache_write_5m_tokens,
  (arg_min(usage, usage_rank)).cache_write_1h_tokens as cache_write_1h_tokens,
  (arg_min(usage, usage_rank)).output_tokens as output_tokens,
  (arg_min(usage, usage_rank)).reasoning_tokens as reasoning_tokens,
  (arg_min(usage, usage_rank)).reported_total_tokens as reported_total_tokens,
  (arg_min(usage, usage_rank)).tokens_estimated as tokens_estimated,
  said_last(duration_ms, precedence, source) as duration_ms,
  said_first(ttft_ms, precedence, source) as ttft_ms,
  (arg_min(cost, cost_rank)).usd as reported_cost_usd,
  (arg_min(cost, cost_rank)).kind as reported_cost_kind,
  (arg_min(usage, usage_rank)).tokens_mismatch as tokens_mismatch
from (
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
    row(
      coalesce(tokens_estimated, false),
      (input_tokens is null)::int
      + (output_tokens is null)::int
      + (cache_read_tokens is null)::int
      + (cache_write_5m_tokens is null)::int
      + (cache_write_1h_tokens is null)::int
      + (reasoning_tokens is null)::int
      + (reported_total_tokens is null)::int,
      -- The largest first, and what is not known last.
      coalesce(-output_tokens, 1),
      coalesce(-input_tokens, 1),
      coalesce(-cache_read_tokens, 1),
      coalesce(-reasoning_tokens, 1),
      coalesce(-cache_write_5m_tokens, 1),
      coalesce(-cache_write_1h_tokens, 1),
      coalesce(-reported_total_tokens, 1)
    ) as usage_rank,
    {'usd': reported_cost_usd, 'kind': reported_cost_kind} as cost,
    row(
      reported_cost_usd is null,
      coalesce(list_position(['billed', 'gateway', 'client'], reported_cost_kind), 4),
      precedence,
      source,
      -reported_cost_usd
    ) as cost_rank
  from query_table(said)
)
group by path, request_key;
