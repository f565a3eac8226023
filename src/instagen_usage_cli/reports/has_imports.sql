-- One row: whether anything has been imported.
select count(*) > 0 as has_imports
from imports
