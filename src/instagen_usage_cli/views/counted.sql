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
    columns('^(request_key|upstream_id|started_at|ended_at|session|status|http_status|error_type|duration_ms|ttft_ms)$'),
    columns('^(source|provider|host|account|model|access_key|project|user|service_tier|tokens_mismatch)$|_tokens$'),
    1::bigint as requests,
    (status = 'error')::bigint as failed_requests,
    coalesce(cache_hit, false) as cache_hit,
    false as is_apart,
    -- if: statements
    case when billed_quarters.quarter is null then reported_cost_usd end as reported_cost_usd,
    case when billed_quarters.quarter is null then reported_cost_kind else 'apart' end as reported_cost_kind
    -- end
    -- if: not statements
    null::timestamp as stated_until,
    reported_cost_usd,
    reported_cost_kind
    -- end
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
-- include: views/filtered
  -- if: statements
  union all by name
  select
    columns('^(started_at|stated_until|session|status|requests|failed_requests|cache_hit)$'),
    columns('^(source|provider|host|account|model|access_key|project|user|service_tier)$|_tokens$'),
    -- Money alone, of requests and tokens that others count.
    kind = 'cost' and (has_counterpart or bills_requests) as is_apart,
    case when kind = 'cost' or not is_told_apart then reported_cost_usd end as reported_cost_usd,
    case when kind = 'usage' and is_told_apart then 'apart' else reported_cost_kind end as reported_cost_kind
  from (
    select
      *,
      bucket_start as started_at,
      bucket_end as stated_until,
      null::varchar as session,
      null::varchar as status,
      false as cache_hit,
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
    and ($filter['count'] = 'statements' or not requests_count)
    -- if: within_hours
    -- A statement of whole days has no hour.
    and stated_until <= started_at + interval 1 hour
    -- end
    -- Money alone counts where its tokens are not priced, or nobody knows any.
    and (
      kind = 'usage'
      or (not has_counterpart and (not bills_requests or $filter['count'] = 'statements'))
      or (is_told_apart and $filter['cost'] <> 'list')
      or (bills_requests and $filter['takes_whole_bills'])
    )
-- include: views/filtered
  -- end
),
