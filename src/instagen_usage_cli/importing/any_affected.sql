-- Whether some request needs more than an insert.
select exists (select 1 from affected)
