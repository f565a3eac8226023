-- One row per line of the price lists, in US dollars per token.
select
  $digest as digest,
  provider,
  host,
  model,
  coalesce(tier, '') as tier,
  (input * 0.000001::decimal(6, 6))::decimal(18, 12) as input,
  (output * 0.000001::decimal(6, 6))::decimal(18, 12) as output,
  (cache_read * 0.000001::decimal(6, 6))::decimal(18, 12) as cache_read,
  (cache_write_5m * 0.000001::decimal(6, 6))::decimal(18, 12) as cache_write_5m,
  (cache_write_1h * 0.000001::decimal(6, 6))::decimal(18, 12) as cache_write_1h,
  (reasoning * 0.000001::decimal(6, 6))::decimal(18, 12) as reasoning,
  per_request::decimal(18, 12) as per_request,
  effective_from::timestamp as effective_from,
  effective_until::timestamp as effective_until,
  parse_filename(filename) as price_list
from read_csv(
  $paths,
  header = true,
  filename = true,
  auto_detect = false,
  delim = ',',
  quote = '"',
  columns = {
    'provider': 'varchar',
    'host': 'varchar',
    'model': 'varchar',
    'tier': 'varchar',
    'input': 'decimal(12,6)',
    'output': 'decimal(12,6)',
    'cache_read': 'decimal(12,6)',
    'cache_write_5m': 'decimal(12,6)',
    'cache_write_1h': 'decimal(12,6)',
    'reasoning': 'decimal(12,6)',
    'per_request': 'decimal(12,6)',
    'effective_from': 'date',
    'effective_until': 'date',
    'checked_on': 'date',
    'source': 'varchar'
  }
)
