-- One row per combination of the chosen dimensions, name, day, size and other name that it is compared with (the table
-- `alternatives`), as far as it can be: what the same tokens would have cost there, at the list prices of their own days.
create or replace temp macro elsewhere(f, dimensions) as table
select *
from compared_elsewhere(f, dimensions)
where other_gap is null;
