-- Whether something has tokens at all. A total of 0 beside known tokens says nothing.
create or replace temp macro has_tokens(input_tokens, output_tokens, reported_total_tokens) as coalesce(
  coalesce(input_tokens + output_tokens, greatest(reported_total_tokens, input_tokens, output_tokens)) > 0, false
);
