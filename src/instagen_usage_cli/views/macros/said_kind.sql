-- Who says what something cost. What was billed may stand apart, in a statement of money alone. A gateway or client that
-- says 0 beside real tokens does not know the price.
create or replace temp macro said_kind(reported_cost_kind, reported_cost_usd) as case
  when reported_cost_kind = 'apart' then 'apart'
  when reported_cost_kind = 'billed' and reported_cost_usd is not null then 'billed'
  when reported_cost_usd <> 0 then reported_cost_kind
end;
