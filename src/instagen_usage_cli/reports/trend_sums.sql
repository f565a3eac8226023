-- One row per bucket and combination of the chosen dimensions (part = 'rows'), one per combination ('series'), and one
-- for everything ('total'): sums over
-- the window, which begins at $since, and of the measure over the whole bucket, which may begin before.
create or replace temp table trend as
with quarters as (
  select
    time_bucket(interval 15 minutes, started_at) as quarter,
    $since is null or started_at >= $since as in_window,
    case when list_contains($by, 'model') then model end as model,
    case when list_contains($by, 'provider') then provider end as provider,
    case when list_contains($by, 'access_key') then access_key end as access_key,
    case when list_contains($by, 'project') then project end as project,
    case when list_contains($by, 'user') then "user" end as "user",
    case when list_contains($by, 'source') then source end as source,
    case when list_contains($by, 'status') then status end as status,
    sum(requests)::bigint as requests,
    sum(failed_requests)::bigint as failed_requests,
    sum(requests) filter (where failed_requests is not null)::bigint as judged_requests,
    sum(input_tokens)::bigint as input_tokens,
    sum(output_tokens)::bigint as output_tokens,
    sum(coalesce(input_tokens + output_tokens, reported_total_tokens))::bigint as total_tokens,
    sum(cost_usd) as cost_usd,
    min(started_at) as first_at,
    max(started_at) as last_at,
    max(stated_until) as stated_until
  from priced($filter)
  group by all
),
placed as (
  select
    *,
    bucket(quarter, $every, $zone) as bucket,
    -- A decimal, because a sum of doubles depends on the order of the rows.
    case $measure
      when 'cost' then cost_usd
      when 'requests' then requests
      when 'tokens' then total_tokens
      when 'input' then input_tokens
      when 'output' then output_tokens
      when 'errors' then failed_requests
    end::decimal(38, 12) as measured
  from quarters
)
select
  case
    when grouping(bucket) = 0 then 'rows'
    when grouping(model) = 0 then 'series'
    else 'total'
  end as part,
  bucket,
  model,
  provider,
  access_key,
  project,
  "user",
  source,
  status,
  bool_or(in_window) as in_window,
  sum(requests) filter (where in_window)::bigint as requests,
  sum(failed_requests) filter (where in_window)::bigint as failed_requests,
  sum(judged_requests) filter (where in_window)::bigint as judged_requests,
  sum(input_tokens) filter (where in_window)::bigint as input_tokens,
  sum(output_tokens) filter (where in_window)::bigint as output_tokens,
  sum(total_tokens) filter (where in_window)::bigint as total_tokens,
  sum(cost_usd) filter (where in_window)::decimal(38, 12) as cost_usd,
  null::bigint as duration_samples,
  null::double as p50_duration_ms,
  null::double as p95_duration_ms,
  null::double as p99_duration_ms,
  sum(measured)::double as whole,
  min(first_at) filter (where in_window) as first_at,
  max(last_at) filter (where in_window) as last_at,
  max(stated_until) filter (where in_window) as stated_until
from placed
group by
  grouping sets (
    (bucket, model, provider, access_key, project, "user", source, status),
    (model, provider, access_key, project, "user", source, status),
    ()
  );
