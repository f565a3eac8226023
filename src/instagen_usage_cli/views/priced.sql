-- The relation `priced`: one row per counted thing in the filter, with its cost, the parts of it as far as a price list makes
-- it, what it rests on, and the line of the price list that holds for it, if any.
-- include: views/priceable
usage as not materialized (
  select *
  from priceable
),
-- include: views/costed
