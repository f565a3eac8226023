-- One row: the version and the digest of the price lists in force, and whether one's own list is among them.
select
  max(checked_on) filter (where not is_own)::varchar as version,
  any_value(digest) as digest,
  coalesce(bool_or(is_own), false) as has_own_prices
from prices
