-- One row per place and account with statements in the window: how many spans rest on the statement, how many on
-- requests, and the numbers of both.
select
  count(*) filter (where not requests_count) as statement_spans,
  count(*) filter (where requests_count) as request_spans,
  coalesce(sum(stated_requests), 0)::bigint as stated_requests,
  coalesce(sum(seen_requests), 0)::bigint as seen_requests
from statement_spans()
where
  ($filter['since'] is null or span_end > $filter['since'])
  and ($filter['until'] is null or span_start < $filter['until'])
