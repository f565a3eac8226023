-- One row per model and provider (part = 'rows'), and one for everything ('total'): what it was used for, what it cost,
-- and how well and how fast it answered. A ratio is one of sums, over what knows both of its sides. Percentiles are
-- exact, over single successful requests, in milliseconds to three decimals. What a gateway answered from its cache tells
-- nothing of success and speed, a statement of more failures than requests nothing of success; what was billed apart is the
-- cost of what the same statements count. A model is efficient if no other one with enough requests is at least as good in
-- cost per token, 95th percentile of the duration and success, and better in one of them.
with
-- include: views/counted
used as (
  select
    case when grouping(model) = 0 then 'rows' else 'total' end as part,
    {'model': model, 'provider': provider} as name,
    sum(columns('^(failed_)?requests$'))::bigint as '\0',
    sum(judged_requests) filter (where is_judged)::bigint as judged_requests,
    sum(failed_requests) filter (where is_judged)::bigint as judged_failures,
    sum(columns('^(input|output|total)_tokens$'))::bigint as '\0',
    sum(columns('^((input|cache_read|cache_write|output|request|undivided)_)?cost_usd$'))::decimal(38, 12) as '\0',
    (
      sum(cost_usd) filter (where knows_requests or is_apart)::double
      / nullif(sum(requests) filter (where cost_usd is not null or cost_state = 'apart'), 0)::double
    )::decimal(38, 12) as cost_per_request_usd,
    (
      sum(cost_usd) filter (where knows_tokens or is_apart)::double * 1000000
      / nullif(sum(total_tokens) filter (where cost_usd is not null or cost_state = 'apart'), 0)::double
    )::decimal(38, 12) as cost_per_million_tokens_usd,
    (
      sum(cost_usd) filter (where has_output is not null or is_apart)::double * 1000
      / nullif(sum(output_tokens) filter (where cost_usd is not null or cost_state = 'apart'), 0)::double
    )::decimal(38, 12) as cost_per_1k_output_usd,
    sum(output_tokens) filter (where has_input is not null)::double
    / nullif(sum(input_tokens) filter (where has_output is not null), 0)::double as output_input_ratio,
    sum(cache_read_tokens) filter (where has_input is not null)::double * 100
    / nullif(sum(cacheable_input_tokens), 0)::double as cache_share_pct,
    min(first_at) as first_at,
    max(last_at) as last_at
  from sums
  group by
    grouping sets (
      (model, provider),
      ()
    )
),
answered as (
  select
    case when grouping(model) = 0 then 'rows' else 'total' end as part,
    {'model': model, 'provider': provider} as name,
    list_transform(quantile_cont(duration_ms, [0.5, 0.95, 0.99]), lambda point: round(point, 3)) as durations_ms,
    count(duration_ms) as duration_samples,
    list_transform(quantile_cont(ttft_ms, [0.5, 0.95, 0.99]), lambda point: round(point, 3)) as ttfts_ms,
    count(ttft_ms) as ttft_samples,
    sum(case when duration_ms > ttft_ms then output_tokens end)::double * 1000
    / sum(case when duration_ms > ttft_ms and output_tokens is not null then duration_ms - ttft_ms end)::double
      as output_tokens_per_second,
    count(case when duration_ms > ttft_ms then output_tokens end) as speed_samples
  from counted
  where stated_until is null and status is distinct from 'error' and not cache_hit
  group by
    grouping sets (
      (model, provider),
      ()
    )
),
measured as (
  select
    * exclude (durations_ms, ttfts_ms, duration_samples, ttft_samples, speed_samples),
    cost_usd::double / nullif(max(cost_usd) filter (where part = 'total') over (), 0)::double * 100 as cost_share_pct,
    (judged_requests - judged_failures)::double * 100 / nullif(judged_requests, 0) as success_pct,
    durations_ms[1] as p50_duration_ms,
    durations_ms[2] as p95_duration_ms,
    durations_ms[3] as p99_duration_ms,
    ttfts_ms[1] as p50_ttft_ms,
    ttfts_ms[2] as p95_ttft_ms,
    ttfts_ms[3] as p99_ttft_ms,
    coalesce(columns('_samples$'), 0) as '\0'
  from used
  left join answered using (part, name)
),
rivals as (
  select
    name,
    cost_per_million_tokens_usd,
    p95_duration_ms,
    success_pct
  from measured
  where
    part = 'rows'
    and cost_per_million_tokens_usd is not null
    and duration_samples >= $few
    and judged_requests >= $few
),
judged as (
  select
    'rows' as part,
    name,
    not exists (
      select 1
      from rivals as better
      where
        better.cost_per_million_tokens_usd <= rivals.cost_per_million_tokens_usd
        and better.p95_duration_ms <= rivals.p95_duration_ms
        and better.success_pct >= rivals.success_pct
        and (
          better.cost_per_million_tokens_usd < rivals.cost_per_million_tokens_usd
          or better.p95_duration_ms < rivals.p95_duration_ms
          or better.success_pct > rivals.success_pct
        )
    ) as efficient
  from rivals
)
select
  unnest(name),
  * exclude (name),
  duration_samples between 1 and $few - 1 as few_samples,
  ttft_samples between 1 and $few - 1 as few_ttft_samples
from measured
left join judged using (part, name)
order by
  part,
  cost_usd desc nulls last,
  requests desc nulls last,
  total_tokens desc nulls last,
  name
