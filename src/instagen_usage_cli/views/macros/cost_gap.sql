-- Why something has no cost: for what the price lists have no line (its `model`, its `tier`, that `day`) or no price (a
-- `class` of its tokens); or that it `failed` without tokens, that only a `part` of them is known, or `none`.
create or replace temp macro cost_gap(cost_state, line_gap, is_failed, has_tokens) as
case
  when cost_state = 'unpriced' then coalesce(line_gap, 'class')
  when cost_state = 'unmetered'
    then case when has_tokens then 'part' when is_failed then 'failed' else 'none' end
end;
