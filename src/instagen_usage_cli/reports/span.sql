-- One row: the time that the imports cover.
select
  covered_since,
  covered_until
from covered()
