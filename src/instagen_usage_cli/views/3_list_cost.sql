-- What tokens cost at a line of a price list: cached, written and reasoning tokens without a price of their own at the
-- price of input and output. Unknown tokens have no price: greatest and least would pass over a NULL.
create or replace temp macro list_cost(
  requests,
  input_tokens,
  cache_read_tokens,
  cache_write_5m_tokens,
  cache_write_1h_tokens,
  output_tokens,
  reasoning_tokens,
  input_price,
  cache_read_price,
  cache_write_5m_price,
  cache_write_1h_price,
  output_price,
  reasoning_price,
  request_price
) as
case when input_tokens is not null and output_tokens is not null then 0 end
+ greatest(
  input_tokens
  - coalesce(cache_read_tokens, 0)
  - coalesce(cache_write_5m_tokens, 0)
  - coalesce(cache_write_1h_tokens, 0),
  0
) * input_price
+ coalesce(cache_read_tokens, 0) * coalesce(cache_read_price, input_price)
+ coalesce(cache_write_5m_tokens, 0) * coalesce(cache_write_5m_price, input_price)
+ coalesce(cache_write_1h_tokens, 0) * coalesce(cache_write_1h_price, input_price)
+ greatest(output_tokens - coalesce(reasoning_tokens, 0), 0) * output_price
+ least(coalesce(reasoning_tokens, 0), output_tokens) * coalesce(reasoning_price, output_price)
+ coalesce(requests, 0) * coalesce(request_price, 0);
