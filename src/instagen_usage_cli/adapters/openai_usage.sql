-- One row per result of a bucket in OpenAI's usage and costs API, or per row of the dashboard's CSV exports, which have the
-- same fields. Input tokens include those read from and written to a cache. A bucket without results is no request, nor
-- are calls of tools, which the completions count too. Seconds since 1970 win over ISO times, which may lack their zone.
with texts_read as (
  select
    path,
    text,
    bytes,
    unnest(
      try(
        json_transform(
          text,
          '{
            "n_context_tokens_total": "VARCHAR",
            "start_time": "VARCHAR", "end_time": "VARCHAR", "start_time_iso": "VARCHAR", "end_time_iso": "VARCHAR",
            "results": [{
              "object": "VARCHAR", "num_model_requests": "VARCHAR", "num_requests": "VARCHAR",
              "input_tokens": "VARCHAR", "input_cached_tokens": "VARCHAR", "input_cache_write_tokens": "VARCHAR",
              "output_tokens": "VARCHAR",
              "images": "VARCHAR", "characters": "VARCHAR", "seconds": "VARCHAR",
              "amount": {"value": "VARCHAR", "currency": "VARCHAR"}, "line_item": "VARCHAR",
              "project_id": "VARCHAR", "project_name": "VARCHAR", "user_id": "VARCHAR", "user_email": "VARCHAR",
              "api_key_id": "VARCHAR", "api_key_name": "VARCHAR",
              "model": "VARCHAR", "batch": "VARCHAR", "service_tier": "VARCHAR"
            }],
            "result": [{
              "object": "VARCHAR", "num_model_requests": "VARCHAR", "num_requests": "VARCHAR",
              "input_tokens": "VARCHAR", "input_cached_tokens": "VARCHAR", "input_cache_write_tokens": "VARCHAR",
              "output_tokens": "VARCHAR",
              "images": "VARCHAR", "characters": "VARCHAR", "seconds": "VARCHAR",
              "amount": {"value": "VARCHAR", "currency": "VARCHAR"}, "line_item": "VARCHAR",
              "project_id": "VARCHAR", "project_name": "VARCHAR", "user_id": "VARCHAR", "user_email": "VARCHAR",
              "api_key_id": "VARCHAR", "api_key_name": "VARCHAR",
              "model": "VARCHAR", "batch": "VARCHAR", "service_tier": "VARCHAR"
            }],
            "num_model_requests": "VARCHAR", "num_requests": "VARCHAR",
            "input_tokens": "VARCHAR", "input_cached_tokens": "VARCHAR", "input_cache_write_tokens": "VARCHAR",
            "output_tokens": "VARCHAR",
            "images": "VARCHAR", "characters": "VARCHAR", "seconds": "VARCHAR",
            "amount_value": "VARCHAR", "amount_currency": "VARCHAR", "line_item": "VARCHAR",
            "project_id": "VARCHAR", "project_name": "VARCHAR", "user_id": "VARCHAR", "user_email": "VARCHAR",
            "api_key_id": "VARCHAR", "api_key_name": "VARCHAR",
            "model": "VARCHAR", "batch": "VARCHAR", "service_tier": "VARCHAR"
          }'
        )
      )
    )
  from texts(getvariable('paths'), $columns, $delimiter, $skip, $buffer)
),
buckets as (
  select
    path,
    bytes,
    case when start_time is null then text_problem(text) end as problem,
    n_context_tokens_total is not null as is_legacy,
    coalesce(epoch_or_utc(start_time), epoch_or_utc(start_time_iso)) as bucket_start,
    coalesce(epoch_or_utc(end_time), epoch_or_utc(end_time_iso)) as bucket_end,
    coalesce(len(results), 0) + coalesce(len(result), 0) > 0 as has_results,
    case
      when len(results) > 0 then results
      when len(result) > 0 then result
      else [
        {
          'object': null,
          'num_model_requests': nullif(num_model_requests, ''),
          'num_requests': nullif(num_requests, ''),
          'input_tokens': nullif(input_tokens, ''),
          'input_cached_tokens': nullif(input_cached_tokens, ''),
          'input_cache_write_tokens': nullif(input_cache_write_tokens, ''),
          'output_tokens': nullif(output_tokens, ''),
          'images': nullif(images, ''),
          'characters': nullif(characters, ''),
          'seconds': nullif(seconds, ''),
          'amount': {'value': nullif(amount_value, ''), 'currency': nullif(amount_currency, '')},
          'line_item': line_item,
          'project_id': project_id,
          'project_name': project_name,
          'user_id': user_id,
          'user_email': user_email,
          'api_key_id': api_key_id,
          'api_key_name': api_key_name,
          'model': model,
          'batch': batch,
          'service_tier': service_tier
        }
      ]
    end as found
  from texts_read
),
found_results as (
  select
    path,
    problem,
    is_legacy,
    bucket_start,
    bucket_end,
    has_results,
    case when unnest(generate_series(1, len(found))) = 1 then bytes end as bytes,
    unnest(found) as result
  from buckets
),
read as (
  select
    *,
    result.object as object,
    whole(result.num_model_requests) as counted,
    whole(result.input_tokens) as sent,
    whole(result.output_tokens) as generated,
    amount(result.amount.value) as cost,
    result.amount.value is not null or coalesce(result.object = 'organization.costs.result', false) as is_cost,
    -- Which endpoint it is from; where it does not say so, its measures do.
    case
      when result.object like 'organization.usage.%' then split_part(result.object, '.', 3)
      when result.num_requests is not null then 'searches'
      when result.images is not null then 'images'
      when result.characters is not null then 'audio_speeches'
      when result.seconds is not null then 'audio_transcriptions'
      when result.output_tokens is not null then 'completions'
      when result.model like '%moderation%' then 'moderations'
      when result.input_tokens is not null then 'embeddings'
      when result.num_model_requests is not null then 'completions'
    end as endpoint,
    nullif(trim(split_part(result.line_item, ',', 1)), '') as item
  from found_results
)
select
  path,
  bytes,
  case
    when bucket_start is null and problem is not null then problem
    when is_legacy then 'of the old /v1/usage, which is not read'
    when bucket_start is null then 'no time'
    when bucket_end is null or bucket_end <= bucket_start then 'no end of its bucket'
    when is_cost and result.amount.value is null then 'no amount'
    when is_cost and cost is null then 'amount is not a number'
    when is_cost and lower(trim(coalesce(result.amount.currency, ''))) <> 'usd' then 'amount is not in US dollars'
    when is_cost then null
    when endpoint is null and object is null and has_results then 'neither usage nor costs'
    when endpoint is null and object is null then 'not a request: an empty bucket'
    when
      endpoint is null
      or not regexp_full_match(
        endpoint, 'completions|embeddings|moderations|images|audio_speeches|audio_transcriptions'
      )
      then 'not a request: calls of tools or storage'
    when counted is null and result.num_model_requests is not null then 'num_model_requests is not a whole number'
    when counted is null then 'no num_model_requests'
    when sent is null and result.input_tokens is not null then 'input_tokens is not a whole number'
    when generated is null and result.output_tokens is not null then 'output_tokens is not a whole number'
    when endpoint = 'completions' and (sent is null or generated is null) then 'no tokens'
  end as skip_reason,
  case when is_cost then 'cost' else 'usage' end as kind,
  case when is_cost then 'costs' else endpoint end as report,
  bucket_start as started_at,
  bucket_end,
  coalesce($constants['provider'], 'openai') as provider,
  coalesce($constants['host'], 'api.openai.com') as host,
  -- Costs name their organization, usage does not: as the account it would set them apart, and both would count.
  $constants['account'] as account,
  coalesce(
    $constants['model'],
    nullif(result.model, ''),
    -- A line item is a model and what of it was paid: gpt-4o-2024-08-06, input. Others are no models: web search.
    case when regexp_full_match(item, '[a-z][A-Za-z0-9._:/-]*') and regexp_matches(item, '[0-9-]') then item end
  ) as model,
  coalesce($constants['access_key'], nullif(result.api_key_id, ''), nullif(result.api_key_name, '')) as access_key,
  coalesce($constants['project'], nullif(result.project_name, ''), nullif(result.project_id, '')) as project,
  coalesce($constants['user'], nullif(result.user_email, ''), nullif(result.user_id, '')) as "user",
  case
    when lower(result.batch) in ('true', '1', '1.0') then 'batch'
    else nullif(result.service_tier, '')
  end as service_tier,
  case when not is_cost then counted end as requests,
  case when not is_cost then sent end as input_tokens,
  case when not is_cost then whole(result.input_cached_tokens) end as cache_read_tokens,
  case when not is_cost then whole(result.input_cache_write_tokens) end as cache_write_5m_tokens,
  -- An embedding or a judgement generates nothing.
  case
    when is_cost then null
    when endpoint in ('embeddings', 'moderations') and sent is not null then coalesce(generated, 0)
    else generated
  end as output_tokens,
  cost as reported_cost_usd,
  case when is_cost then $constants['cost_kind'] end as reported_cost_kind
from read
