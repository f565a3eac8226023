-- One row per host, account, kind and span of time that has statements and touches the window, with the requests of the
-- same span: which of the two counts. Requests count where they cover at least 95 % of what the statement says. What a
-- statement says of money alone is the bill of what counts: of usage statements (has_usage), or of requests
-- (bills_requests). Requests from a gateway's own cache are none that a provider could count. Of those whose host nobody
-- knows, the provider says the host, where all of its statements are of one (`host_names` has all names of a host). The
-- requests to be weighed lie between $weighed_since and $weighed_until, and nothing else of them is read.
create or replace temp table statement_spans as
with providers as (
  select
    provider,
    min(host_name) as host_name
  from chosen_statements
  where provider is not null
  group by provider
  having count(distinct host_name) = 1
),
names as (
  select
    host_name,
    list(provider order by provider) as providers
  from providers
  where provider <> host_name
  group by host_name
),
stated as (
  select
    host_name,
    billed_to,
    kind,
    case when bucket_width in ('day', 'month') then bucket_start else date_trunc('day', bucket_start) end
      as span_start,
    case
      when bucket_width in ('day', 'month') then bucket_end
      else date_trunc('day', bucket_start) + interval 1 day
    end as span_end,
    sum(requests)::bigint as stated_requests,
    sum(coalesce(input_tokens + output_tokens, reported_total_tokens))::bigint as stated_tokens
  from chosen_statements
  where bucket_start < $weighed_until::timestamp and bucket_end > $weighed_since::timestamp
  group by all
),
placed as (
  select
    stated.*,
    [stated.host_name] || coalesce(names.providers, []) as host_names
  from stated
  left join names on names.host_name = stated.host_name
),
quarters as (
  select
    host_name,
    billed_to,
    kind,
    span_start,
    span_end,
    unnest(host_names) as host_names,
    quarter
  from placed
  cross join lateral (
    select unnest(generate_series(span_start, span_end - interval 15 minutes, interval 15 minutes)) as quarter
  ) as clock
),
seen as (
  select
    quarters.host_name,
    quarters.billed_to,
    quarters.kind,
    quarters.span_start,
    quarters.span_end,
    count(*) as seen_requests,
    sum(coalesce(requests.input_tokens + requests.output_tokens, requests.reported_total_tokens))::bigint as seen_tokens
  from requests
  inner join quarters
    on
      quarters.quarter = time_bucket(interval 15 minutes, requests.started_at)
      and quarters.host_names = coalesce(requests.host, requests.provider, '')
      and quarters.billed_to = coalesce(requests.account, '')
  where
    requests.started_at >= $weighed_since::timestamp
    and requests.started_at < $weighed_until::timestamp
    and not coalesce(requests.cache_hit, false)
  group by all
),
weighed as (
  select
    placed.*,
    coalesce(seen.seen_requests, 0) as seen_requests,
    case
      when seen.seen_requests is null then false
      when placed.stated_requests is not null then seen.seen_requests >= 0.95 * placed.stated_requests
      when placed.stated_tokens is not null then coalesce(seen.seen_tokens, 0) >= 0.95 * placed.stated_tokens
      else true
    end as requests_count
  from placed
  left join seen
    on
      seen.host_name = placed.host_name
      and seen.billed_to = placed.billed_to
      and seen.kind = placed.kind
      and seen.span_start = placed.span_start
      and seen.span_end = placed.span_end
),
replaced as (
  select
    money.host_name,
    money.billed_to,
    money.span_start,
    money.span_end,
    sum(usage.seen_requests)::bigint as replaced_requests
  from weighed as money
  inner join weighed as usage
    on
      usage.kind = 'usage'
      and not usage.requests_count
      and usage.host_name = money.host_name
      and usage.billed_to = money.billed_to
      and usage.span_start < money.span_end
      and usage.span_end > money.span_start
  where money.kind = 'cost'
  group by all
)
select
  weighed.* exclude (requests_count),
  weighed.kind = 'usage' and weighed.requests_count as requests_count,
  weighed.kind = 'cost' and weighed.seen_requests > coalesce(replaced.replaced_requests, 0) as bills_requests,
  replaced.host_name is not null as has_usage
from weighed
left join replaced
  on
    weighed.kind = 'cost'
    and replaced.host_name = weighed.host_name
    and replaced.billed_to = weighed.billed_to
    and replaced.span_start = weighed.span_start
    and replaced.span_end = weighed.span_end;
