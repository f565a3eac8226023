-- One row per line of the price lists, as it stands there: in US dollars per million tokens or requests.
create or replace temp view list_lines as
select
  price_list,
  line,
  is_own,
  nullif(provider, '') as provider,
  nullif(host, '') as host,
  model,
  nullif(tier, '') as tier,
  nullif(input_from, 0) - 1 as input_above,
  (input * 1000000)::decimal(12, 6) as input_usd_per_million,
  (output * 1000000)::decimal(12, 6) as output_usd_per_million,
  (cache_read * 1000000)::decimal(12, 6) as cache_read_usd_per_million,
  (cache_write_5m * 1000000)::decimal(12, 6) as cache_write_5m_usd_per_million,
  (cache_write_1h * 1000000)::decimal(12, 6) as cache_write_1h_usd_per_million,
  (reasoning * 1000000)::decimal(12, 6) as reasoning_usd_per_million,
  (per_request * 1000000)::decimal(12, 6) as per_request_usd_per_million,
  strftime(effective_from, '%Y-%m-%d') as effective_from,
  strftime(effective_until, '%Y-%m-%d') as effective_until,
  strftime(checked_on, '%Y-%m-%d') as checked_on,
  coalesce(effective_from, timestamp '0001-01-01') as opening,
  coalesce(effective_until, timestamp '9999-12-31') as closing
from prices
