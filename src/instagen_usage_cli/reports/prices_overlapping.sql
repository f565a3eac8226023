-- One row per two lines of different price lists, neither of them one's own, that say what the same costs on the same day.
select
  later.model,
  coalesce(later.provider, later.host) as provider,
  later.price_list as file,
  later.line,
  earlier.price_list as other_file,
  earlier.line as other_line
from list_lines as earlier
inner join list_lines as later
  on
    later.price_list > earlier.price_list
    and later.model = earlier.model
    and later.provider is not distinct from earlier.provider
    and later.host is not distinct from earlier.host
    and later.tier is not distinct from earlier.tier
    and later.input_above is not distinct from earlier.input_above
    and later.opening < earlier.closing
    and earlier.opening < later.closing
where not earlier.is_own and not later.is_own
order by
  later.model,
  provider,
  file,
  later.line,
  other_file,
  other_line
