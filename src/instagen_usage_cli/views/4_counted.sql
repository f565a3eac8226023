-- One row per counted thing in the filter: a request, or a statement (which has a stated_until) where it speaks for
-- its span. Never both.
create or replace temp macro counted(f) as table
with stated_quarters as (
  select
    place,
    billed_to,
    unnest(generate_series(span_start, span_end - interval 15 minutes, interval 15 minutes)) as quarter
  from statement_spans(f)
  where not requests_count and f['count'] = 'best'
)
select
  requests.request_key,
  requests.upstream_id,
  1::bigint as requests,
  (requests.status = 'error')::bigint as failed_requests,
  requests.source,
  requests.started_at,
  requests.ended_at,
  requests.provider,
  requests.host,
  requests.account,
  requests.model,
  requests.access_key,
  requests.project,
  requests."user",
  requests.session,
  requests.status,
  requests.http_status,
  requests.error_type,
  requests.service_tier,
  coalesce(requests.cache_hit, false) as cache_hit,
  requests.input_tokens,
  requests.cache_read_tokens,
  requests.cache_write_5m_tokens,
  requests.cache_write_1h_tokens,
  requests.output_tokens,
  requests.reasoning_tokens,
  requests.reported_total_tokens,
  requests.reported_cost_usd,
  requests.reported_cost_kind,
  requests.duration_ms,
  requests.ttft_ms
from requests
anti join stated_quarters
  on
    stated_quarters.quarter = time_bucket(interval 15 minutes, requests.started_at)
    and stated_quarters.place = coalesce(requests.host, requests.provider, '')
    and stated_quarters.billed_to = coalesce(requests.account, '')
where
  f['count'] in ('best', 'requests')
  and (f['since'] is null or requests.started_at >= f['since'])
  and (f['until'] is null or requests.started_at < f['until'])
  and matches(requests.model, f['model'])
  and matches(requests.provider, f['provider'])
  and matches(requests.access_key, f['key'])
  and matches(requests.project, f['project'])
  and matches(requests."user", f['user'])
  and matches(requests.session, f['session'])
  and matches(requests.source, f['source'])
  and matches(requests.status, f['status'])
union all by name
select
  stated.requests,
  stated.failed_requests,
  stated.source,
  stated.bucket_start as started_at,
  stated.bucket_end as stated_until,
  stated.provider,
  stated.host,
  stated.account,
  stated.model,
  stated.access_key,
  stated.project,
  stated."user",
  false as cache_hit,
  stated.input_tokens,
  stated.cache_read_tokens,
  stated.cache_write_5m_tokens,
  stated.cache_write_1h_tokens,
  stated.output_tokens,
  stated.reasoning_tokens,
  stated.reported_total_tokens,
  stated.reported_cost_usd,
  stated.reported_cost_kind
from chosen_statements() as stated
semi join (select * from statement_spans(f) where f['count'] = 'statements' or not requests_count) as spans
  on
    spans.place = stated.place
    and spans.billed_to = stated.billed_to
    and stated.bucket_start >= spans.span_start
    and stated.bucket_start < spans.span_end
where
  f['count'] in ('best', 'statements')
  and (f['since'] is null or stated.bucket_start >= f['since'])
  and (f['until'] is null or stated.bucket_start < f['until'])
  and matches(stated.model, f['model'])
  and matches(stated.provider, f['provider'])
  and matches(stated.access_key, f['key'])
  and matches(stated.project, f['project'])
  and matches(stated."user", f['user'])
  and matches(null::varchar, f['session'])
  and matches(stated.source, f['source'])
  and matches(null::varchar, f['status']);
