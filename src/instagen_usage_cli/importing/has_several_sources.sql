-- Whether the files of this import and of all others are of several sources.
select count(*) > 1
from (
  select source
  from files
  union
  select source
  from imports
)
