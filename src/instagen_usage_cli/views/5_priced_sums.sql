-- One row per combination of the chosen dimensions (names in a list; `quarter` of an hour and what is `known` of the
-- tokens are among them) and of what the cost rests on: the sums of what is counted in the filter, with its cost. It is
-- summed first and priced then, which is the same and much less work: all of a sum has one line of a price list.
create or replace temp macro priced_sums(f, dimensions) as table
with sizes as (
  select list(distinct input_from) as starts
  from price_lines
  where input_from > 0
),
grouped as (
  select
    case when list_contains(dimensions, 'model') then counted.model end as model,
    case when list_contains(dimensions, 'provider') then counted.provider end as provider,
    case when list_contains(dimensions, 'access_key') then counted.access_key end as access_key,
    case when list_contains(dimensions, 'project') then counted.project end as project,
    case when list_contains(dimensions, 'user') then counted."user" end as "user",
    case when list_contains(dimensions, 'source') then counted.source end as source,
    case when list_contains(dimensions, 'status') then counted.status end as status,
    case when list_contains(dimensions, 'known') then coalesce(failed_requests <= requests and not cache_hit, false) end
      as is_judged,
    case when list_contains(dimensions, 'known') then cache_read_tokens is not null end as knows_cache,
    case when list_contains(dimensions, 'known') then total_tokens is not null end as knows_tokens,
    f['split_at'] is null or started_at >= f['split_at'] as is_behind_split,
    host as said_host,
    counted.provider as said_provider,
    counted.model as said_model,
    service_tier as said_tier,
    case when list_contains(dimensions, 'quarter') then time_bucket(interval 15 minutes, started_at) end as quarter,
    -- The prices of a day hold all day.
    priced_at::date::timestamp as price_day,
    size_class(counted.size, (select starts from sizes)) as size,
    cache_hit,
    said_kind,
    is_apart,
    shape,
    count(*) as things,
    sum(requests)::bigint as requests,
    sum(failed_requests)::bigint as failed_requests,
    sum(requests) filter (where failed_requests is not null)::bigint as judged_requests,
    sum(coalesce(requests, (not is_apart)::int))::bigint as counted_requests,
    sum(coalesce(requests, (not is_apart)::int)) filter (where cache_read_tokens > 0)::bigint as cached_requests,
    sum(coalesce(requests, (not is_apart)::int)) filter (where shape & 384 > 0)::bigint as writing_requests,
    sum(coalesce(requests, (not is_apart)::int)) filter (where stated_until is not null)::bigint as stated_requests,
    sum(input_tokens)::bigint as input_tokens,
    sum(plain_input_tokens)::bigint as plain_input_tokens,
    sum(cache_read_tokens)::bigint as cache_read_tokens,
    sum(cache_write_5m_tokens)::bigint as cache_write_5m_tokens,
    sum(cache_write_1h_tokens)::bigint as cache_write_1h_tokens,
    sum(output_tokens)::bigint as output_tokens,
    sum(plain_output_tokens)::bigint as plain_output_tokens,
    sum(reasoning_tokens)::bigint as reasoning_tokens,
    sum(total_tokens)::bigint as total_tokens,
    sum(reported_cost_usd)::decimal(38, 12) as reported_cost_usd,
    min(started_at) as first_at,
    max(started_at) as last_at,
    max(stated_until) as stated_until,
    max(stated_until) filter (where stated_until > started_at + interval 25 hours) as longer_until
  from counted(f) as counted
  group by all
),
sums as (
  select
    *,
    shape & 1 > 0 as is_failed,
    shape & 2 = 0 as has_tokens,
    shape & 4 = 0 as knows_requests,
    case when shape & 8 = 0 then shape & 16 = 0 end as has_input,
    case when shape & 32 = 0 then shape & 64 = 0 end as has_output,
    shape & 128 > 0 as has_writes_5m,
    shape & 256 > 0 as has_writes_1h,
    shape & 512 > 0 as has_reads_alone
  from grouped
),
listed as (
  select
    sums.*,
    lines.* exclude (host, provider, model, service_tier, input_from, input_until, valid_from, valid_until),
    cost_state(
      f['cost'],
      sums.cache_hit,
      sums.said_kind,
      list_state(
        lines.line,
        sums.is_failed,
        sums.has_tokens,
        sums.knows_requests,
        sums.has_input,
        sums.has_output,
        sums.has_writes_5m,
        sums.has_writes_1h,
        sums.has_reads_alone,
        lines.input_price,
        lines.output_price,
        lines.cache_write_5m_price,
        lines.cache_write_1h_price,
        lines.cache_read_price,
        lines.request_price
      )
    ) as cost_state
  from sums
  left join price_lines as lines
    on
      lines.host is not distinct from sums.said_host
      and lines.provider is not distinct from sums.said_provider
      and lines.model is not distinct from sums.said_model
      and lines.service_tier is not distinct from sums.said_tier
      and sums.price_day >= lines.valid_from
      and sums.price_day < lines.valid_until
      and sums.size >= lines.input_from
      and sums.size < lines.input_until
),
costed as (
  select
    *,
    case when cost_state = 'list' then cost_of(plain_input_tokens, input_price) end as input_cost_usd,
    case when cost_state = 'list' then cost_of(cache_read_tokens, cache_read_price) end as cache_read_cost_usd,
    case
      when cost_state = 'list'
        then
          cost_of(cache_write_5m_tokens, cache_write_5m_price) + cost_of(cache_write_1h_tokens, cache_write_1h_price)
    end as cache_write_cost_usd,
    case
      when cost_state = 'list'
        then cost_of(plain_output_tokens, output_price) + cost_of(output_tokens - plain_output_tokens, reasoning_price)
    end as output_cost_usd,
    case when cost_state = 'list' then cost_of(requests, request_price) end as request_cost_usd,
    case when cost_state in ('billed', 'gateway', 'client') then reported_cost_usd end as undivided_cost_usd
  from listed
)
select
  *,
  case
    when cost_state = 'cache_hit' then 0
    when cost_state = 'list'
      then input_cost_usd + cache_read_cost_usd + cache_write_cost_usd + output_cost_usd + request_cost_usd
    else undivided_cost_usd
  end::decimal(38, 12) as cost_usd
from costed;
