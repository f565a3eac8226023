-- The same where all of it is from one source, which is much cheaper.
create or replace temp macro said_first(said, precedence, source) as min(said);
create or replace temp macro said_last(said, precedence, source) as max(said);
