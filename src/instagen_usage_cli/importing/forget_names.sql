-- Forget what prices are looked up by; what is left names it again.
delete from names;
