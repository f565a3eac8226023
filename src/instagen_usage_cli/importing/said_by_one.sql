-- Of what one source says of a request, the first value or the last: without the source it is found much faster.
create or replace temp macro said_first(said, precedence, source) as min(said);
create or replace temp macro said_last(said, precedence, source) as max(said);
