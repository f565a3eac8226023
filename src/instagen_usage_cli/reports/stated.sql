-- One row: how many spans of the window rest on a statement and how many on requests, the numbers of both, and how many
-- of the counted statements reach beyond the window.
with stated as (
  select
    chosen.bucket_end,
    spans.*
  from chosen_statements as chosen
  inner join statement_spans as spans
    on
      spans.host_name = chosen.host_name
      and spans.billed_to = chosen.billed_to
      and spans.kind = chosen.kind
      and chosen.bucket_start >= spans.span_start
      and chosen.bucket_start < spans.span_end
  where
    not (spans.kind = 'cost' and (spans.has_usage or spans.bills_requests))
    and ($filter['since'] is null or chosen.bucket_start >= $filter['since'])
    and ($filter['until'] is null or chosen.bucket_start < $filter['until'])
),
spans as (
  select distinct on (host_name, billed_to, span_start)
    host_name,
    billed_to,
    span_start,
    requests_count,
    stated_requests,
    seen_requests
  from stated
  -- Of the same time, that of usage tells.
  order by host_name, billed_to, span_start, kind desc
)
select
  count(*) filter (where not requests_count) as statement_spans,
  count(*) filter (where requests_count) as request_spans,
  coalesce(sum(stated_requests), 0)::bigint as stated_requests,
  coalesce(sum(seen_requests), 0)::bigint as seen_requests,
  (
    select count(*)
    from stated
    where bucket_end > $filter['until'] and not requests_count
  ) as statements_beyond
from spans
