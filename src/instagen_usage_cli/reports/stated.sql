-- One row per place and account with statements in the window: how many spans rest on the statement, how many on
-- requests, and the numbers of both.
select
  count(*) filter (where not requests_count) as statement_spans,
  count(*) filter (where requests_count) as request_spans,
  coalesce(sum(stated_requests), 0)::bigint as stated_requests,
  coalesce(sum(seen_requests), 0)::bigint as seen_requests
from statement_spans() as spans
where exists (
  select 1
  from chosen_statements() as stated
  where
    stated.place = spans.place
    and stated.billed_to = spans.billed_to
    and stated.bucket_start >= spans.span_start
    and stated.bucket_start < spans.span_end
    and ($filter['since'] is null or stated.bucket_start >= $filter['since'])
    and ($filter['until'] is null or stated.bucket_start < $filter['until'])
)
