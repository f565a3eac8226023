-- One row per single request of $keys between $since and $until and class of its tokens that are priced alike, the newest
-- request first: how many, at which price, from which line of a price list, and what they cost. `assumed` is the class whose
-- price stands in for one of its own. Tokens that are not known, of the input or output, have a row, too.
with
-- include: views/priced
placed as (
  select *
  from priced
  where
    stated_until is null
    and list_contains($keys::uuid[], request_key)
    and started_at >= $since
    and started_at <= $until
),
classes as (
  select
    *,
    unnest(
      [
        {
          'position': 1,
          'class': 'input',
          'tokens': plain_input_tokens,
          'times': null::bigint,
          'price': input_price,
          'assumed': null::varchar
        },
        {
          'position': 2,
          'class': 'cache_read',
          'tokens': coalesce(cache_read_tokens, 0),
          'times': null,
          'price': cache_read_price,
          'assumed': case when line is not null and assumes_cache_read then 'input' end
        },
        {
          'position': 3,
          'class': 'cache_write_5m',
          'tokens': coalesce(cache_write_5m_tokens, 0),
          'times': null,
          'price': cache_write_5m_price,
          'assumed': case when line is not null and assumes_cache_write then 'input' end
        },
        {
          'position': 4,
          'class': 'cache_write_1h',
          'tokens': coalesce(cache_write_1h_tokens, 0),
          'times': null,
          'price': cache_write_1h_price,
          'assumed': case when line is not null and assumes_cache_write then 'input' end
        },
        {
          'position': 5,
          'class': 'output',
          'tokens': plain_output_tokens,
          'times': null,
          'price': output_price,
          'assumed': null
        },
        {
          'position': 6,
          'class': 'reasoning',
          'tokens': coalesce(output_tokens - plain_output_tokens, 0),
          'times': null,
          'price': reasoning_price,
          'assumed': null
        },
        {
          'position': 7,
          'class': 'per_request',
          'tokens': null,
          'times': case when request_price > 0 then requests else 0 end,
          'price': request_price,
          'assumed': null
        }
      ],
      recursive := true
    )
  from placed
)
select
  classes.request_key::varchar as request_key,
  classes.class,
  classes.tokens,
  classes.times as requests,
  (classes.price * 1000000)::decimal(18, 6) as price_per_million_usd,
  case
    when classes.price = 0 or (classes.price is not null and coalesce(classes.tokens, classes.times) is not null)
      then cost_of(coalesce(classes.tokens, classes.times), classes.price)
  end as cost_usd,
  classes.assumed,
  classes.price_list,
  classes.line,
  prices.effective_from::date::varchar as effective_from
from classes
left join prices
  on
    prices.price_list = classes.price_list
    and prices.line = classes.line
    and prices.is_own = classes.is_own
where coalesce(classes.tokens, classes.times, 1) > 0
order by
  classes.started_at desc,
  classes.request_key,
  classes.position
