-- One row: the time that the imports cover, from the first to the last record of any of them (UTC).
select
  min(first_at) as first_at,
  max(last_at) as last_at
from imports
