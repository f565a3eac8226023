-- Whether any statement is stored.
select exists (select 1 from statements)
