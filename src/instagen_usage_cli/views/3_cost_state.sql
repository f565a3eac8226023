-- What a cost rests on, where asked for by $cost: what was billed, else the list price, else what a gateway or client
-- said (`auto`); only what was said (`reported`); or only the list price (`list`). What was billed may be said `apart`.
create or replace temp macro cost_state(mode, cache_hit, said_kind, list_state) as
case
  when cache_hit then 'cache_hit'
  when mode <> 'list' and said_kind in ('billed', 'apart') then said_kind
  when mode <> 'reported' and list_state = 'list' then 'list'
  when mode <> 'list' and said_kind is not null then said_kind
  when mode = 'reported' then 'unreported'
  else list_state
end;
