-- Of what several sources say of a request, that of the source believed first: its first value, or its last.
create or replace temp macro said_first(said, precedence, source) as arg_min(said, row(precedence, source, said));
create or replace temp macro said_last(said, precedence, source) as arg_max(said, row(-precedence, source, said));
