-- One row per request and path of `contributions`: what they say together. It does not depend on their order. Known
-- wins over unknown; tokens come together from the fullest count; of the rest, from the source believed first; cost by
-- who said it.
create or replace temp macro merged() as table
select
  path,
  min(import_id) as import_id,
  request_key,
  arg_min(source, row(precedence, source)) as source,
  arg_min(upstream_id, row(precedence, source, upstream_id)) as upstream_id,
  arg_min(started_at, row(precedence, source, started_at)) as started_at,
  arg_max(ended_at, row(-precedence, source, ended_at)) as ended_at,
  arg_min(provider, row(precedence, source, provider)) as provider,
  arg_min(host, row(precedence, source, host)) as host,
  arg_min(account, row(precedence, source, account)) as account,
  arg_min(model, row(precedence, source, model)) as model,
  arg_min(requested_model, row(precedence, source, requested_model)) as requested_model,
  arg_min(operation, row(precedence, source, operation)) as operation,
  arg_min(access_key, row(precedence, source, access_key)) as access_key,
  arg_min(project, row(precedence, source, project)) as project,
  arg_min("user", row(precedence, source, "user")) as "user",
  arg_min(session, row(precedence, source, session)) as session,
  arg_min(tags, row(precedence, source, tags)) as tags,
  arg_max(status, row(-precedence, source, status)) as status,
  arg_min(http_status, row(precedence, source, http_status)) as http_status,
  arg_min(error_type, row(precedence, source, error_type)) as error_type,
  arg_max(stream, row(-precedence, source, stream)) as stream,
  bool_or(cache_hit) as cache_hit,
  arg_min(service_tier, row(precedence, source, service_tier)) as service_tier,
  any_value(usage.input_tokens) as input_tokens,
  any_value(usage.cache_read_tokens) as cache_read_tokens,
  any_value(usage.cache_write_5m_tokens) as cache_write_5m_tokens,
  any_value(usage.cache_write_1h_tokens) as cache_write_1h_tokens,
  any_value(usage.output_tokens) as output_tokens,
  any_value(usage.reasoning_tokens) as reasoning_tokens,
  any_value(usage.reported_total_tokens) as reported_total_tokens,
  any_value(usage.tokens_estimated) as tokens_estimated,
  arg_max(duration_ms, row(-precedence, source, duration_ms)) as duration_ms,
  arg_min(ttft_ms, row(precedence, source, ttft_ms)) as ttft_ms,
  any_value(cost.usd) as reported_cost_usd,
  any_value(cost.kind) as reported_cost_kind,
  any_value(usage.tokens_mismatch) as tokens_mismatch
from (
  select
    *,
    first_value(
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
      }
    ) over (
      partition by path, request_key
      order by
        coalesce(tokens_estimated, false),
        (input_tokens is not null)::int
        + (output_tokens is not null)::int
        + (cache_read_tokens is not null)::int
        + (cache_write_5m_tokens is not null)::int
        + (cache_write_1h_tokens is not null)::int
        + (reasoning_tokens is not null)::int
        + (reported_total_tokens is not null)::int desc,
        output_tokens desc nulls last,
        input_tokens desc nulls last,
        cache_read_tokens desc nulls last,
        reasoning_tokens desc nulls last,
        cache_write_5m_tokens desc nulls last,
        cache_write_1h_tokens desc nulls last,
        reported_total_tokens desc nulls last
    ) as usage,
    first_value({'usd': reported_cost_usd, 'kind': reported_cost_kind}) over (
      partition by path, request_key
      order by
        reported_cost_usd is null,
        list_position(['billed', 'gateway', 'client'], reported_cost_kind) nulls last,
        precedence,
        source,
        reported_cost_usd desc
    ) as cost
  from contributions
)
group by path, request_key;
