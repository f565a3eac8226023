-- One row: which price lists `prices` is a copy of, and whether `price_lines` was made of them for the names in the store.
select
  listed.*,
  lines.*,
  not exists (
    select host, provider, model, service_tier
    from names
    except
    select host, provider, model, service_tier
    from price_lines
  ) as knows_names,
  -- Sums have one key for the four of a name.
  (select count(*) > count(distinct hash(host, provider, model, service_tier)) from names) as equal_hashes
from (
  select
    max(checked_on) filter (where not is_own)::varchar as version,
    any_value(digest) as digest,
    coalesce(bool_or(is_own), false) as has_own_prices
  from prices
) as listed
cross join (
  select
    any_value(digest) as lines_digest,
    -- What a sum must tell apart for these lines: the sizes at which a price changes, and writes without a price.
    list(distinct input_from) filter (where input_from > 0) as sizes,
    bool_or(cache_write_5m_price is null or cache_write_1h_price is null) filter (where line is not null)
      as unpriced_writes,
    bool_or(assumes_cache_read) filter (where line is not null) as assumed_reads,
    bool_or(assumes_cache_write) filter (where line is not null) as assumed_writes
  from price_lines
) as lines
