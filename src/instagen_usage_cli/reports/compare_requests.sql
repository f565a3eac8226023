-- One row per single request of the compared models: its model's place among them, and each measure, NULL where it is
-- unknown. Success is that of any request whose outcome is known, the rest of successful requests; what a gateway answered
-- from its cache has no measure. Kept for the questions that follow.
create or replace temp table compared as
with
-- include: views/priced
asked as (
  select
    *,
    not cache_hit and status is distinct from 'error' as is_answer
  from priced
  where
    list_contains($models, model)
    and stated_until is null
)
select
  list_position($models, model) as place,
  started_at,
  status,
  case when not cache_hit then 100 - failed_requests * 100.0 end::double as success_pct,
  case when is_answer then cost_usd end::double as cost_per_request_usd,
  -- Without the noise of floats, so that equal prices are equal.
  round(
    case when is_answer then cost_usd end::double * 1000000
    / nullif(total_tokens, 0),
    12
  ) as cost_per_million_tokens_usd,
  case when is_answer then duration_ms end::double as duration_ms,
  case when is_answer then ttft_ms end::double as ttft_ms,
  case when is_answer and duration_ms > ttft_ms then output_tokens end::double * 1000
  / (duration_ms - ttft_ms) as output_tokens_per_second,
  case when is_answer then output_tokens end::double / nullif(input_tokens, 0) as output_input_ratio
from asked
