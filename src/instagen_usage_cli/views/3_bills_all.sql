-- Whether what was billed for requests as one sum is asked for: all of it, and not only list prices.
create or replace temp macro bills_all(f) as
f['count'] = 'best'
and f['cost'] <> 'list'
and len(
  f['model'] || f['provider'] || f['key'] || f['project'] || f['user'] || f['session'] || f['source'] || f['status']
) = 0;
