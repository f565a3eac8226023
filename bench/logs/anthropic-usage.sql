-- Pages of Anthropic's usage report, one per line: four hours of 25 results each by workspace, key, model and tier. Each page
-- goes on where the one before ends. `$count` is the number of results.
with results as (
  select
    number,
    number // 100 as page,
    number // 25 as bucket,
    hash(number) as chance
  from range($count) as results(number)
),
buckets as (
  select
    page,
    bucket,
    {
      'starting_at': strftime(timestamp '2024-01-01' + to_hours(bucket), '%Y-%m-%dT%H:%M:%SZ'),
      'ending_at': strftime(timestamp '2024-01-01' + to_hours(bucket + 1), '%Y-%m-%dT%H:%M:%SZ'),
      'results': list(
        {
          'uncached_input_tokens': chance % 90000,
          'cache_creation': {
            'ephemeral_1h_input_tokens': 0,
            'ephemeral_5m_input_tokens': chance // 3 % 5000
          },
          'cache_read_input_tokens': chance // 5 % 200000,
          'output_tokens': chance // 7 % 20000,
          'server_tool_use': {'web_search_requests': 0},
          'account_id': null::varchar,
          'service_account_id': null::varchar,
          'api_key_id': 'apikey_example' || number % 25,
          'workspace_id': 'wrkspc_example' || number % 5,
          'model': ['claude-opus-4-5-20251101', 'claude-sonnet-4-5-20250929', 'claude-haiku-4-5-20251001'][
            1 + (chance // 13 % 3)::int
          ],
          'service_tier': ['standard', 'batch', 'priority'][1 + (chance // 17 % 3)::int],
          'context_window': '0-200k',
          'inference_geo': 'global'
        }
        order by number
      )
    } as entry
  from results
  group by page, bucket
)
select
  to_json(
    {
      'data': list(entry order by bucket),
      'has_more': true,
      'next_page': 'page_' || md5(page::varchar)
    }
  )::varchar as line
from buckets
group by page
order by page
