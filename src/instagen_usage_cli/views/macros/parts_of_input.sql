-- How many tokens of an input have prices of their own.
create or replace temp macro parts_of_input(cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens) as
coalesce(cache_read_tokens, 0) + coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0);
