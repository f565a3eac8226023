-- Whether something has cached tokens, but no other input: of a source that counts them apart, or says nothing else.
create or replace temp macro has_reads_alone(input_tokens, cache_read_tokens) as
coalesce(cache_read_tokens > 0, false) and not coalesce(input_tokens > 0, false);
