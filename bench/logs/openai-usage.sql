-- Pages of OpenAI's usage API, one per line: four hours of 25 results each by project, key, model and tier. Each page goes on
-- where the one before ends. `$count` is the number of results.
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
      'object': 'bucket',
      'start_time': 1704067200 + bucket * 3600,
      'end_time': 1704067200 + (bucket + 1) * 3600,
      'results': list(
        {
          'object': 'organization.usage.completions.result',
          'input_tokens': 1000 + chance % 90000,
          'input_cached_tokens': chance % 800,
          'input_cache_write_tokens': 0,
          'input_uncached_tokens': 1000 + chance % 90000 - chance % 800,
          'output_tokens': chance // 7 % 20000,
          'input_text_tokens': 1000 + chance % 90000,
          'output_text_tokens': chance // 7 % 20000,
          'input_cached_text_tokens': chance % 800,
          'input_audio_tokens': 0,
          'input_cached_audio_tokens': 0,
          'output_audio_tokens': 0,
          'input_image_tokens': 0,
          'input_cached_image_tokens': 0,
          'output_image_tokens': 0,
          'num_model_requests': 1 + chance // 11 % 400,
          'project_id': 'proj_example' || number % 5,
          'user_id': 'user-example' || number % 12,
          'api_key_id': 'key_example' || number % 25,
          'model': ['gpt-5-2025-08-07', 'gpt-5-mini-2025-08-07', 'gpt-4.1-2025-04-14'][1 + (chance // 13 % 3)::int],
          'batch': chance // 17 % 10 = 0,
          'service_tier': 'default'
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
      'object': 'page',
      'data': list(entry order by bucket),
      'has_more': true,
      'next_page': 'page_' || md5(page::varchar)
    }
  )::varchar as line
from buckets
group by page
order by page
