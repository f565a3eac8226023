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
  (select count(*) > count(distinct hash(host, provider, model, service_tier)) from names) as has_equal_hashes
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
    list(distinct input_from) filter (where input_from > 0) as sizes
  from price_lines
) as lines
