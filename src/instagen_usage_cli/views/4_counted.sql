-- One row per counted thing in the filter: a request, or a statement (which has a stated_until) where it speaks for
-- its span. Never both. Beside what is stored it has the parts of its tokens that are priced alike, and what says how
-- it can be priced.
create or replace temp macro counted(f) as table
with named_spans as (
  select
    * exclude (told_as),
    unnest(told_as) as told_as
  from statement_spans
),
stated_quarters as (
  select
    told_as,
    billed_to,
    unnest(generate_series(span_start, span_end - interval 15 minutes, interval 15 minutes)) as quarter
  from named_spans
  where not requests_count and kind = 'usage' and f['count'] = 'best'
),
-- What was billed for requests stands apart, as one sum: nobody knows a part of it.
billed_quarters as (
  select distinct
    told_as,
    billed_to,
    unnest(generate_series(span_start, span_end - interval 15 minutes, interval 15 minutes)) as quarter
  from named_spans
  where bills_requests and bills_all(f)
),
things as (
  select
    requests.request_key,
    requests.upstream_id,
    1::bigint as requests,
    false as is_apart,
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
    requests.tokens_mismatch,
    case when billed_quarters.quarter is null then requests.reported_cost_usd end as reported_cost_usd,
    case when billed_quarters.quarter is null then requests.reported_cost_kind else 'apart' end as reported_cost_kind,
    requests.duration_ms,
    requests.ttft_ms
  from requests
  left join billed_quarters
    on
      billed_quarters.quarter = time_bucket(interval 15 minutes, requests.started_at)
      and billed_quarters.told_as = coalesce(requests.host, requests.provider, '')
      and billed_quarters.billed_to = coalesce(requests.account, '')
  anti join stated_quarters
    on
      stated_quarters.quarter = time_bucket(interval 15 minutes, requests.started_at)
      and stated_quarters.told_as = coalesce(requests.host, requests.provider, '')
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
    -- Money alone, of requests and tokens that others count.
    stated.kind = 'cost' and (stated.has_counterpart or stated.bills_requests) as is_apart,
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
    stated.service_tier,
    false as cache_hit,
    stated.input_tokens,
    stated.cache_read_tokens,
    stated.cache_write_5m_tokens,
    stated.cache_write_1h_tokens,
    stated.output_tokens,
    stated.reasoning_tokens,
    stated.reported_total_tokens,
    case when stated.kind = 'cost' or not stated.is_told_apart then stated.reported_cost_usd end as reported_cost_usd,
    case when stated.kind = 'usage' and stated.is_told_apart then 'apart' else stated.reported_cost_kind end
      as reported_cost_kind
  from (
    select
      *,
      has_counterpart
      and (not bills_requests or bills_all(f) or f['count'] = 'statements')
      and (same_model or len(f['model']) = 0)
      and (same_key or len(f['key']) = 0)
      and (same_project or len(f['project']) = 0)
      and (same_user or len(f['user']) = 0)
      and (same_source or len(f['source']) = 0) as is_told_apart
    from weighed_statements
  ) as stated
  where
    f['count'] in ('best', 'statements')
    and (f['count'] = 'statements' or not stated.requests_count)
    -- Money alone counts where its tokens are not priced, or nobody knows any.
    and (
      stated.kind = 'usage'
      or (not stated.has_counterpart and (not stated.bills_requests or f['count'] = 'statements'))
      or (stated.is_told_apart and f['cost'] <> 'list')
      or (stated.bills_requests and bills_all(f))
    )
    and (f['since'] is null or stated.bucket_start >= f['since'])
    and (f['until'] is null or stated.bucket_start < f['until'])
    and matches(stated.model, f['model'])
    and matches(stated.provider, f['provider'])
    and matches(stated.access_key, f['key'])
    and matches(stated.project, f['project'])
    and matches(stated."user", f['user'])
    and matches(null::varchar, f['session'])
    and matches(stated.source, f['source'])
    and matches(null::varchar, f['status'])
)
select
  *,
  coalesce(input_tokens + output_tokens, reported_total_tokens) as total_tokens,
  coalesce(cache_read_tokens, 0) + coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0)
    as parts_of_input,
  input_tokens
  - case
    when parts_of_input > input_tokens then input_tokens
    else parts_of_input
  end as plain_input_tokens,
  output_tokens
  - case
    when reasoning_tokens > output_tokens then output_tokens
    else coalesce(reasoning_tokens, 0)
  end as plain_output_tokens,
  -- What was billed may stand apart, in a statement of money alone. A gateway or client that says 0 beside real tokens does not know the price.
  case
    when reported_cost_kind = 'apart' then 'apart'
    when reported_cost_kind = 'billed' and reported_cost_usd is not null then 'billed'
    when reported_cost_usd <> 0 then reported_cost_kind
  end as said_kind,
  -- A day or a month is one of some zone: its first noon is on the day that it is named by, nearly everywhere.
  case when stated_until >= started_at + interval 23 hours then started_at + interval 12 hours else started_at end
    as priced_at,
  -- A price that depends on the size of a request cannot be told from a statement of many.
  case when stated_until is null then coalesce(input_tokens, 0) else 0 end as size,
  coalesce(status = 'error', false) as is_failed,
  -- A total of 0 beside known tokens says nothing.
  coalesce(
    coalesce(input_tokens + output_tokens, greatest(reported_total_tokens, input_tokens, output_tokens)) > 0, false
  ) as has_tokens,
  requests is not null as knows_requests,
  input_tokens > 0 as has_input,
  output_tokens > 0 as has_output,
  coalesce(cache_write_5m_tokens > 0, false) as has_writes_5m,
  coalesce(cache_write_1h_tokens > 0, false) as has_writes_1h,
  -- Of a source that counts cached tokens apart, or that says nothing else of the input.
  coalesce(cache_read_tokens > 0, false) and not coalesce(input_tokens > 0, false) as has_reads_alone,
  -- All of that as bits, so that sums have one key for it: 0 for most. A failure matters where it has no tokens.
  case
    when
      input_tokens > 0
      and output_tokens > 0
      and cache_write_5m_tokens is null
      and cache_write_1h_tokens is null
      and requests is not null
      then 0
    else
      case when is_failed and not has_tokens then 1 else 0 end
      + case when has_tokens then 0 else 2 end
      + case when knows_requests then 0 else 4 end
      + case when has_input then 0 when has_input is null then 8 else 16 end
      + case when has_output then 0 when has_output is null then 32 else 64 end
      + case when has_writes_5m then 128 else 0 end
      + case when has_writes_1h then 256 else 0 end
      + case when has_reads_alone then 512 else 0 end
  end::usmallint as shape
from things;
