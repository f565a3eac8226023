-- The relation `counted`, one row per counted thing in the filter: a request, or a statement (which has a stated_until) where
-- it speaks for its span. Never both. Statements are looked at only where one touches the window (`statements`).
-- if: statements
named_spans as (
  select
    * exclude (host_name, host_names),
    unnest(host_names) as host_name
  from statement_spans
),
stated_quarters as (
  select
    host_name,
    billed_to,
    unnest(generate_series(span_start, span_end - interval 15 minutes, interval 15 minutes)) as quarter
  from named_spans
  where not requests_count and kind = 'usage' and $filter['count'] = 'best'
),
-- What was billed for requests stands apart, as one sum: nobody knows a part of it.
billed_quarters as (
  select distinct
    host_name,
    billed_to,
    unnest(generate_series(span_start, span_end - interval 15 minutes, interval 15 minutes)) as quarter
  from named_spans
  where bills_requests and $filter['takes_whole_bills']
),
-- end
counted as not materialized (
  select
    requests.request_key,
    requests.upstream_id,
    1::bigint as requests,
    false as is_apart,
    (requests.status = 'error')::bigint as failed_requests,
    requests.source,
    requests.started_at,
    requests.ended_at,
    -- if: not statements
    null::timestamp as stated_until,
    -- end
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
    -- if: statements
    case when billed_quarters.quarter is null then requests.reported_cost_usd end as reported_cost_usd,
    case when billed_quarters.quarter is null then requests.reported_cost_kind else 'apart' end as reported_cost_kind,
    -- end
    -- if: not statements
    requests.reported_cost_usd,
    requests.reported_cost_kind,
    -- end
    requests.duration_ms,
    requests.ttft_ms
  from requests
  -- if: statements
  left join billed_quarters
    on
      billed_quarters.quarter = time_bucket(interval 15 minutes, requests.started_at)
      and billed_quarters.host_name = coalesce(requests.host, requests.provider, '')
      and billed_quarters.billed_to = coalesce(requests.account, '')
  anti join stated_quarters
    on
      stated_quarters.quarter = time_bucket(interval 15 minutes, requests.started_at)
      and stated_quarters.host_name = coalesce(requests.host, requests.provider, '')
      and stated_quarters.billed_to = coalesce(requests.account, '')
  -- end
  where
    $filter['count'] in ('best', 'requests')
    and ($filter['since'] is null or requests.started_at >= $filter['since'])
    and ($filter['until'] is null or requests.started_at < $filter['until'])
    -- if: match_model
    and matches(requests.model, $filter['model'])
    -- end
    -- if: match_provider
    and matches(requests.provider, $filter['provider'])
    -- end
    -- if: match_key
    and matches(requests.access_key, $filter['key'])
    -- end
    -- if: match_project
    and matches(requests.project, $filter['project'])
    -- end
    -- if: match_user
    and matches(requests."user", $filter['user'])
    -- end
    -- if: match_session
    and matches(requests.session, $filter['session'])
    -- end
    -- if: match_source
    and matches(requests.source, $filter['source'])
    -- end
    -- if: match_status
    and matches(requests.status, $filter['status'])
    -- end
  -- if: statements
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
      and (not bills_requests or $filter['takes_whole_bills'] or $filter['count'] = 'statements')
      and (same_model or len($filter['model']) = 0)
      and (same_key or len($filter['key']) = 0)
      and (same_project or len($filter['project']) = 0)
      and (same_user or len($filter['user']) = 0)
      and (same_source or len($filter['source']) = 0) as is_told_apart
    from weighed_statements
  ) as stated
  where
    $filter['count'] in ('best', 'statements')
    and ($filter['count'] = 'statements' or not stated.requests_count)
    -- Money alone counts where its tokens are not priced, or nobody knows any.
    and (
      stated.kind = 'usage'
      or (not stated.has_counterpart and (not stated.bills_requests or $filter['count'] = 'statements'))
      or (stated.is_told_apart and $filter['cost'] <> 'list')
      or (stated.bills_requests and $filter['takes_whole_bills'])
    )
    and ($filter['since'] is null or stated.bucket_start >= $filter['since'])
    and ($filter['until'] is null or stated.bucket_start < $filter['until'])
    -- if: match_model
    and matches(stated.model, $filter['model'])
    -- end
    -- if: match_provider
    and matches(stated.provider, $filter['provider'])
    -- end
    -- if: match_key
    and matches(stated.access_key, $filter['key'])
    -- end
    -- if: match_project
    and matches(stated.project, $filter['project'])
    -- end
    -- if: match_user
    and matches(stated."user", $filter['user'])
    -- end
    -- if: match_session
    and matches(null::varchar, $filter['session'])
    -- end
    -- if: match_source
    and matches(stated.source, $filter['source'])
    -- end
    -- if: match_status
    and matches(null::varchar, $filter['status'])
    -- end
  -- end
),
