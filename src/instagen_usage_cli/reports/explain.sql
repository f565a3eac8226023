-- One row per single request of $keys between $since and $until, the newest first: who and when, what it is said to cost and
-- by whom, the line of a price list that holds for it, and what counts as its cost; where one is missing, why.
with
-- include: views/priced
placed as (
  select *
  from priced
  where
    stated_until is null
    and list_contains($keys::uuid[], request_key)
    and started_at >= $since
    and started_at <= $until
)
select
  placed.request_key::varchar as request_key,
  placed.upstream_id,
  placed.started_at,
  placed.provider,
  placed.host,
  placed.account,
  placed.model,
  placed.access_key,
  placed.project,
  placed."user",
  placed.session,
  placed.source,
  placed.service_tier,
  placed.status,
  placed.http_status,
  placed.error_type,
  placed.cache_hit,
  placed.input_tokens,
  placed.cache_read_tokens,
  placed.cache_write_5m_tokens,
  placed.cache_write_1h_tokens,
  placed.output_tokens,
  placed.reasoning_tokens,
  placed.reported_total_tokens,
  placed.total_tokens,
  coalesce(placed.tokens_mismatch, false) as tokens_mismatch,
  placed.price_list,
  placed.line,
  placed.is_own,
  placed.price_provider,
  placed.price_host,
  placed.price_model,
  placed.price_tier,
  prices.effective_from::date::varchar as effective_from,
  prices.effective_until::date::varchar as effective_until,
  placed.checked_on::varchar as checked_on,
  case when placed.input_from > 0 then placed.input_from - 1 end as input_above,
  case when placed.input_until < 9223372036854775807 then placed.input_until - 1 end as input_up_to,
  placed.gap as line_gap,
  placed.list_cost_usd,
  cost_gap(placed.list_state, placed.gap, placed.is_failed, placed.has_tokens) as list_gap,
  placed.reported_cost_usd,
  placed.reported_cost_kind,
  placed.cost_usd,
  placed.cost_state,
  cost_gap(placed.cost_state, placed.gap, placed.is_failed, placed.has_tokens) as gap
from placed
left join prices
  on
    prices.price_list = placed.price_list
    and prices.line = placed.line
    and prices.is_own = placed.is_own
order by
  placed.started_at desc,
  placed.request_key
