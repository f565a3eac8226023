-- One row: what reports must know of a store before they ask: what the imports cover, whether there are any, whether there
-- are statements, and which prices are in force.
select
  covered.covered_since,
  covered.covered_until,
  (select exists (select 1 from imports)) as has_imports,
  (select exists (select 1 from statements)) as has_statements,
  state.*
from covered() as covered
cross join (
-- include: prices/state
) as state
