-- One row per model and provider (part = 'rows'), and one for everything ('total'): what it was used for, what it cost,
-- and how well and how fast it answered. A ratio is one of sums, over what knows both of its sides. Percentiles are
-- exact, over single successful requests, in milliseconds to three decimals. What a gateway answered from its cache tells
-- nothing of success and speed; what was billed apart is the cost of what the same statements count; and a statement of more failures than requests nothing of success. A model is efficient
-- if no other one with enough requests is at least as good in cost per token, 95th percentile of the duration and success,
-- and better in one of them.
with
-- include: views/counted
used as (
  select
    case when grouping(model) = 0 then 'rows' else 'total' end as part,
    model,
    provider,
    sum(requests)::bigint as requests,
    sum(failed_requests)::bigint as failed_requests,
    sum(judged_requests) filter (where is_judged)::bigint as judged_requests,
    sum(failed_requests) filter (where is_judged)::bigint as judged_failures,
    sum(input_tokens)::bigint as input_tokens,
    sum(output_tokens)::bigint as output_tokens,
    sum(total_tokens)::bigint as total_tokens,
    sum(cost_usd)::decimal(38, 12) as cost_usd,
    sum(input_cost_usd)::decimal(38, 12) as input_cost_usd,
    sum(cache_read_cost_usd)::decimal(38, 12) as cache_read_cost_usd,
    sum(cache_write_cost_usd)::decimal(38, 12) as cache_write_cost_usd,
    sum(output_cost_usd)::decimal(38, 12) as output_cost_usd,
    sum(request_cost_usd)::decimal(38, 12) as request_cost_usd,
    sum(undivided_cost_usd)::decimal(38, 12) as undivided_cost_usd,
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
    model,
    provider,
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
    used.*,
    used.cost_usd::double
    / nullif(max(used.cost_usd) filter (where used.part = 'total') over (), 0)::double
    * 100 as cost_share_pct,
    (used.judged_requests - used.judged_failures)::double * 100 / nullif(used.judged_requests, 0) as success_pct,
    answered.durations_ms[1] as p50_duration_ms,
    answered.durations_ms[2] as p95_duration_ms,
    answered.durations_ms[3] as p99_duration_ms,
    coalesce(answered.duration_samples, 0) as duration_samples,
    answered.ttfts_ms[1] as p50_ttft_ms,
    answered.ttfts_ms[2] as p95_ttft_ms,
    answered.ttfts_ms[3] as p99_ttft_ms,
    coalesce(answered.ttft_samples, 0) as ttft_samples,
    answered.output_tokens_per_second,
    coalesce(answered.speed_samples, 0) as speed_samples
  from used
  left join answered
    on
      answered.part = used.part
      and answered.model is not distinct from used.model
      and answered.provider is not distinct from used.provider
),
rivals as (
  select
    model,
    provider,
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
    model,
    provider,
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
  measured.*,
  measured.duration_samples between 1 and $few - 1 as few_samples,
  measured.ttft_samples between 1 and $few - 1 as few_ttft_samples,
  judged.efficient
from measured
left join judged
  on
    measured.part = 'rows'
    and judged.model is not distinct from measured.model
    and judged.provider is not distinct from measured.provider
order by
  measured.part,
  measured.cost_usd desc nulls last,
  measured.requests desc nulls last,
  measured.total_tokens desc nulls last,
  measured.model,
  measured.provider
