-- How many files there are.
select count(*) from files
