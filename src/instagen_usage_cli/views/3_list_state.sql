-- Whether a line of a price list says what something costs (`list`), or for want of a price (`unpriced`) or of known
-- tokens (`unmetered`) does not. A price of 0 needs no tokens; a class of tokens that has no price may not occur. Whether
-- something `has` input or output is NULL where that is unknown.
create or replace temp macro list_state(
  line,
  is_failed,
  has_tokens,
  knows_requests,
  has_input,
  has_output,
  has_writes_5m,
  has_writes_1h,
  has_reads_alone,
  input_price,
  output_price,
  cache_write_5m_price,
  cache_write_1h_price,
  cache_read_price,
  request_price
) as
case
  when line is null then case when has_tokens then 'unpriced' else 'unmetered' end
  when
    (input_price > 0 and has_input is null)
    or (output_price > 0 and has_output is null)
    or (request_price > 0 and not knows_requests)
    or (not has_tokens and (is_failed or input_price > 0 or output_price > 0))
    then 'unmetered'
  when
    (has_input and input_price is null)
    or (has_output and output_price is null)
    or (has_writes_5m and cache_write_5m_price is null)
    or (has_writes_1h and cache_write_1h_price is null)
    or (has_reads_alone and cache_read_price is null)
    then 'unpriced'
  else 'list'
end;
