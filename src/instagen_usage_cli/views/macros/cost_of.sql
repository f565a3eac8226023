-- What tokens of one class cost at a price per token; nothing where there are none.
create or replace temp macro cost_of(tokens, price) as (coalesce(tokens, 0) * coalesce(price, 0))::decimal(38, 12);
