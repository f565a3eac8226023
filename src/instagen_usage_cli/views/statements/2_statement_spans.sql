-- One row per place, account, kind and span of time that has statements and touches the window, with the requests of the
-- same span: which of the two counts. Requests count where they cover at least 95 % of what the statement says. What a
-- statement says of money alone is the bill of what counts: of usage statements (has_usage), or of requests
-- (bills_requests). Requests from a gateway's own cache are none that a provider could count. Of those whose host nobody
-- knows, the provider says the place, where all of its statements are of one (`host_names` has the names of a place). The
-- requests to be weighed lie between $weighed_since and $weighed_until, and nothing else of them is read.
create or replace temp table statement_spans as
with providers as (
  select
    provider,
    min(place) as place
  from chosen_statements
  where provider is not null
  group by provider
  having count(distinct place) = 1
),
names as (
  select
    place,
    list(provider order by provider) as providers
  from providers
  where provider <> place
  group by place
),
stated as (
  select
    place,
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
    [stated.place] || coalesce(names.providers, []) as host_names
  from stated
  left join names on names.place = stated.place
),
quarters as (
  select
    place,
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
    quarters.place,
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
      seen.place = placed.place
      and seen.billed_to = placed.billed_to
      and seen.kind = placed.kind
      and seen.span_start = placed.span_start
      and seen.span_end = placed.span_end
),
replaced as (
  select
    money.place,
    money.billed_to,
    money.span_start,
    money.span_end,
    sum(usage.seen_requests)::bigint as replaced_requests
  from weighed as money
  inner join weighed as usage
    on
      usage.kind = 'usage'
      and not usage.requests_count
      and usage.place = money.place
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
  replaced.place is not null as has_usage
from weighed
left join replaced
  on
    weighed.kind = 'cost'
    and replaced.place = weighed.place
    and replaced.billed_to = weighed.billed_to
    and replaced.span_start = weighed.span_start
    and replaced.span_end = weighed.span_end;
