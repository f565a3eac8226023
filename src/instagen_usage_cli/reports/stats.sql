-- One row per combination of the chosen dimensions and bucket (part = 'rows'), per slot of the cards' small series
-- (part = 'series'), and one for everything (part = 'total').
with quarters as (
  select
    time_bucket(interval 15 minutes, started_at) as quarter,
    case when list_contains($by, 'model') then model end as model,
    case when list_contains($by, 'provider') then provider end as provider,
    case when list_contains($by, 'access_key') then access_key end as access_key,
    case when list_contains($by, 'project') then project end as project,
    case when list_contains($by, 'user') then "user" end as "user",
    case when list_contains($by, 'source') then source end as source,
    case when list_contains($by, 'status') then status end as status,
    cost_state,
    price_list,
    sum(requests)::bigint as requests,
    sum(failed_requests)::bigint as failed_requests,
    sum(requests) filter (where failed_requests is not null)::bigint as judged_requests,
    sum(input_tokens)::bigint as input_tokens,
    sum(cache_read_tokens)::bigint as cache_read_tokens,
    sum(output_tokens)::bigint as output_tokens,
    sum(reasoning_tokens)::bigint as reasoning_tokens,
    sum(coalesce(input_tokens + output_tokens, reported_total_tokens))::bigint as total_tokens,
    sum(cost_usd) as cost_usd,
    min(started_at) as first_at,
    max(started_at) as last_at
  from priced($filter)
  group by all
),
placed as (
  select
    *,
    bucket(quarter, $every, $zone) as bucket,
    bucket(quarter, $slot, $zone) as slot
  from quarters
),
grouped as (
  select
    case
      when grouping(slot) = 0 then 'series'
      when grouping(model) = 0 then 'rows'
      else 'total'
    end as part,
    coalesce(bucket, slot) as bucket,
    model,
    provider,
    access_key,
    project,
    "user",
    source,
    status,
    sum(requests)::bigint as requests,
    sum(failed_requests)::bigint as failed_requests,
    sum(judged_requests)::bigint as judged_requests,
    sum(input_tokens)::bigint as input_tokens,
    sum(cache_read_tokens)::bigint as cache_read_tokens,
    sum(output_tokens)::bigint as output_tokens,
    sum(reasoning_tokens)::bigint as reasoning_tokens,
    sum(total_tokens)::bigint as total_tokens,
    sum(cost_usd)::decimal(38, 12) as cost_usd,
    coalesce(sum(coalesce(requests, 1)) filter (where cost_state = 'list'), 0)::bigint as list_requests,
    coalesce(sum(coalesce(requests, 1)) filter (where cost_state = 'billed'), 0)::bigint as billed_requests,
    coalesce(sum(coalesce(requests, 1)) filter (where cost_state = 'gateway'), 0)::bigint as gateway_requests,
    coalesce(sum(coalesce(requests, 1)) filter (where cost_state = 'client'), 0)::bigint as client_requests,
    coalesce(sum(requests) filter (where cost_state = 'cache_hit'), 0)::bigint as cache_hit_requests,
    coalesce(sum(coalesce(requests, 1)) filter (where cost_state = 'unpriced'), 0)::bigint as unpriced_requests,
    coalesce(sum(coalesce(requests, 1)) filter (where cost_state = 'unmetered'), 0)::bigint as unmetered_requests,
    min(first_at) as first_at,
    max(last_at) as last_at,
    list_sort(list(distinct price_list) filter (where cost_state = 'list')) as price_lists
  from placed
  group by grouping sets ((bucket, model, provider, access_key, project, "user", source, status), (slot), ())
)
select
  grouped.*,
  grouped.cost_usd::double / nullif(max(grouped.cost_usd) filter (where grouped.part = 'total') over (), 0)::double * 100
    as cost_share_pct
from grouped
order by
  part,
  bucket,
  cost_usd desc nulls last,
  requests desc nulls last,
  total_tokens desc nulls last,
  model,
  provider,
  access_key,
  project,
  "user",
  source,
  status
