-- One row per slot of time (a UTC day, hour or quarter of an hour), name that prices are looked up by, further dimension
-- that is asked for, and what the cost rests on: the sums of what is counted in the filter, with their cost. It is the one
-- scan of a report, whose questions are answered from it. It is summed first and priced then, which is the same and much
-- less work: all of a sum has one line of a price list.
create or replace temp table sums as
with
-- include: views/counted
grouped as not materialized (
  select
    -- if: split
    started_at >= $filter['split_at'] as is_behind_split,
    -- end
    -- if: not split
    true as is_behind_split,
    -- end
    -- if: by_day
    date_trunc('day', started_at)::timestamp as slot,
    -- end
    -- if: by_hour
    date_trunc('hour', started_at) as slot,
    -- end
    -- if: by_quarter
    time_bucket(interval 15 minutes, started_at) as slot,
    -- end
    -- if: statements
    -- The prices of a day hold all day.
    date_trunc('day', priced_at(started_at, stated_until))::timestamp as price_day,
    -- end
    -- Four names are one key.
    -- if: not equal_hashes
    hash(host, provider, model, service_tier) as name_key,
    -- end
    -- if: equal_hashes
    row(host, provider, model, service_tier) as name_key,
    -- end
    any_value(host) as host,
    any_value(provider) as provider,
    any_value(model) as model,
    any_value(service_tier) as service_tier,
    -- if: access_key
    access_key,
    -- end
    -- if: project
    project,
    -- end
    -- if: user
    "user",
    -- end
    -- if: source
    source,
    -- end
    -- if: status
    status,
    -- end
    -- if: sizes
    -- Of the sizes at which any price changes, the last one that a request reaches; 0 below all of them.
    -- A price that depends on the size of a request cannot be told from a statement of many.
    case
      when stated_until is null and input_tokens >= list_min($sizes)
        then list_max(list_filter($sizes, lambda start: start <= input_tokens))
      else 0
    end as size,
    -- end
    -- What the state of a cost depends on, as the bits of one number, so that sums have one key for it. It is 0 for most,
    -- and DuckDB works out what comes behind a `then 0` for the others only.
    (
      case
        when input_tokens > 0 and output_tokens > 0 then 0
        else
          case when input_tokens > 0 then 0 when input_tokens is null then 1 else 2 end
          + case when output_tokens > 0 then 0 when output_tokens is null then 4 else 8 end
          -- A failure matters where it has no tokens.
          + case
            when has_tokens(input_tokens, output_tokens, reported_total_tokens) then 0
            when status = 'error' then 16 + 64
            else 16
          end
          + case when coalesce(input_tokens + output_tokens, reported_total_tokens) is null then 32 else 0 end
          + case when has_reads_alone(input_tokens, cache_read_tokens) then 128 else 0 end
      end
      -- Parts that are larger than the whole leave nothing else of it.
      + case
        when cache_read_tokens is null and cache_write_5m_tokens is null and cache_write_1h_tokens is null then 0
        when parts_of_input(cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens) > input_tokens then 256
        else 0
      end
      + case when reasoning_tokens > output_tokens then 512 else 0 end
      + case when cache_hit then 1024 else 0 end
      + case
        when reported_cost_kind is null then 0
        else
          case reported_kind(reported_cost_kind, reported_cost_usd)
            when 'client' then 2048
            when 'gateway' then 4096
            when 'billed' then 6144
            when 'apart' then 8192
            else 0
          end
      end
      -- if: unpriced_writes
      + case when cache_write_5m_tokens > 0 then 16384 else 0 end
      + case when cache_write_1h_tokens > 0 then 32768 else 0 end
      -- end
      -- if: statements
      + case when requests is null then 65536 else 0 end
      + case when failed_requests > requests then 131072 else 0 end
      + case when is_apart then 262144 else 0 end
      -- end
    )::integer as shape,
    -- if: not statements
    count(*) as requests,
    nullif(count(status), 0) as judged_requests,
    sum(failed_requests)::bigint as failed_requests,
    count(*) as counted_requests,
    0::bigint as stated_requests,
    null::timestamp as stated_until,
    null::timestamp as longer_until,
    -- if: assumed_reads
    count(case when cache_read_tokens > 0 then 1 end) as cached_requests,
    -- end
    -- if: assumed_writes
    count(case when cache_write_5m_tokens > 0 or cache_write_1h_tokens > 0 then 1 end) as writing_requests,
    -- end
    -- end
    -- if: statements
    sum(requests)::bigint as requests,
    sum(requests) filter (where failed_requests is not null)::bigint as judged_requests,
    sum(failed_requests)::bigint as failed_requests,
    sum(coalesce(requests, (not is_apart)::int))::bigint as counted_requests,
    sum(coalesce(requests, (not is_apart)::int)) filter (where stated_until is not null)::bigint as stated_requests,
    max(stated_until) as stated_until,
    max(stated_until) filter (where stated_until > started_at + interval 25 hours) as longer_until,
    -- if: assumed_reads
    sum(coalesce(requests, (not is_apart)::int)) filter (where cache_read_tokens > 0)::bigint as cached_requests,
    -- end
    -- if: assumed_writes
    sum(coalesce(requests, (not is_apart)::int)) filter (where cache_write_5m_tokens > 0 or cache_write_1h_tokens > 0)::bigint
      as writing_requests,
    -- end
    -- end
    -- if: cache_share
    sum(case when cache_read_tokens is not null then input_tokens end)::bigint as cacheable_input_tokens,
    -- end
    sum(columns('_tokens$'))::bigint as '\0',
    sum(reported_cost_usd)::decimal(38, 12) as reported_cost_usd,
    -- if: rate_limits
    sum(
      case
        when http_status is not null then (http_status = 429)::bigint
        when error_type is null then case when failed_requests = 0 then 0 end
        when regexp_matches(error_type, 'rate.?limit', 'i') then 1
        when failed_requests = 0 then 0
      end
    )::bigint as rate_limited_requests,
    sum(
      case
        when
          http_status is null
          and failed_requests > 0
          and not coalesce(regexp_matches(error_type, 'rate.?limit', 'i'), false)
          then failed_requests
      end
    )::bigint as unexplained_failures,
    count(case when duration_ms > 0 then 1 end) as timed_requests,
    -- if: statements
    count(*) filter (where stated_until is null) as single_requests,
    -- A statement of 0 requests is no use of the key.
    min(started_at) filter (where coalesce(requests, 1) > 0) as first_used_at,
    max(started_at) filter (where coalesce(requests, 1) > 0) as last_used_at,
    max(coalesce(stated_until, started_at)) filter (where coalesce(requests, 1) > 0) as used_until,
    -- end
    -- if: not statements
    count(*) as single_requests,
    min(started_at) as first_used_at,
    max(started_at) as last_used_at,
    max(started_at) as used_until,
    -- end
    -- end
    min(started_at) as first_at,
    max(started_at) as last_at
  from counted
  -- if: gap
  where started_at >= $filter['split_at'] or started_at < $filter['earlier_until']
  -- end
  group by all
),
usage as not materialized (
  select
    * exclude (name_key),
    -- if: not access_key
    null::varchar as access_key,
    -- end
    -- if: not project
    null::varchar as project,
    -- end
    -- if: not user
    null::varchar as "user",
    -- end
    -- if: not source
    null::varchar as source,
    -- end
    -- if: not status
    null::varchar as status,
    -- end
    -- if: not sizes
    0::bigint as size,
    -- end
    -- if: statements
    price_day as priced_at,
    -- end
    -- if: not statements
    slot::date::timestamp as priced_at,
    -- end
    -- if: not assumed_reads
    0::bigint as cached_requests,
    -- end
    -- if: not assumed_writes
    0::bigint as writing_requests,
    -- end
    case when shape & 3 = 0 then true when shape & 1 = 0 then false end as has_input,
    case when shape & 12 = 0 then true when shape & 4 = 0 then false end as has_output,
    shape & 16 = 0 as has_tokens,
    shape & 32 = 0 as knows_tokens,
    shape & 64 > 0 as is_failed,
    shape & 128 > 0 as has_reads_alone,
    shape & 1024 > 0 as cache_hit,
    case (shape >> 11) & 7 when 1 then 'client' when 2 then 'gateway' when 3 then 'billed' when 4 then 'apart' end
      as reported_kind,
    shape & 16384 > 0 as has_writes_5m,
    shape & 32768 > 0 as has_writes_1h,
    shape & 65536 = 0 as knows_requests,
    shape & (1024 + 65536 + 131072) = 0 as is_judged,
    shape & 262144 > 0 as is_apart,
    case
      when shape & 256 > 0 then 0
      else
        input_tokens
        - coalesce(cache_read_tokens, 0)
        - coalesce(cache_write_5m_tokens, 0)
        - coalesce(cache_write_1h_tokens, 0)
    end as plain_input_tokens,
    case when shape & 512 > 0 then 0 else output_tokens - coalesce(reasoning_tokens, 0) end as plain_output_tokens,
    case when shape & 5 = 0 then input_tokens + output_tokens else reported_total_tokens end as total_tokens
  from grouped
),
-- include: views/costed
sums as not materialized (
  select * exclude (reported_cost_usd, reported_total_tokens, list_state)
  from priced
)
select *
from sums
