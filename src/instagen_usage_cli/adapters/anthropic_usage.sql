-- One row per result of a bucket in Anthropic's usage and cost reports, or per row of the Console's CSV exports. The counts
-- of input are disjoint there: uncached, read from a cache, written to one; requests are never counted. Amounts of the cost
-- report are cents, those of the CSV dollars. Of the CSV, a time is a UTC day, or an hour where one has a time of day.
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
            "starting_at": "VARCHAR", "ending_at": "VARCHAR",
            "results": [{
              "uncached_input_tokens": "VARCHAR", "cache_read_input_tokens": "VARCHAR",
              "cache_creation": {"ephemeral_5m_input_tokens": "VARCHAR", "ephemeral_1h_input_tokens": "VARCHAR"},
              "output_tokens": "VARCHAR",
              "amount": "VARCHAR", "currency": "VARCHAR",
              "api_key_id": "VARCHAR", "workspace_id": "VARCHAR", "account_id": "VARCHAR",
              "service_account_id": "VARCHAR", "model": "VARCHAR", "service_tier": "VARCHAR"
            }],
            "usage_date_utc": "VARCHAR", "model_version": "VARCHAR", "model": "VARCHAR",
            "api_key": "VARCHAR", "api_key_id": "VARCHAR", "workspace": "VARCHAR", "usage_type": "VARCHAR",
            "usage_input_tokens_no_cache": "VARCHAR", "usage_input_tokens_cache_write": "VARCHAR",
            "usage_input_tokens_cache_write_5m": "VARCHAR", "usage_input_tokens_cache_write_1h": "VARCHAR",
            "usage_input_tokens_cache_read": "VARCHAR", "usage_output_tokens": "VARCHAR",
            "cost_usd": "VARCHAR"
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
    case when coalesce(starting_at, usage_date_utc) is null then text_problem(text) end as problem,
    usage_date_utc is not null as is_row,
    epoch_or_utc(coalesce(starting_at, usage_date_utc)) as bucket_start,
    epoch_or_utc(ending_at) as bucket_end,
    coalesce(len(results), 0) > 0 as has_results,
    case when cost_usd is not null then 1 else 0.01 end as dollars_per_unit,
    case
      when len(results) > 0 then results
      else [
        {
          'uncached_input_tokens': nullif(usage_input_tokens_no_cache, ''),
          'cache_read_input_tokens': nullif(usage_input_tokens_cache_read, ''),
          'cache_creation': {
            'ephemeral_5m_input_tokens': coalesce(
              nullif(usage_input_tokens_cache_write_5m, ''), nullif(usage_input_tokens_cache_write, '')
            ),
            'ephemeral_1h_input_tokens': nullif(usage_input_tokens_cache_write_1h, '')
          },
          'output_tokens': nullif(usage_output_tokens, ''),
          'amount': nullif(cost_usd, ''),
          'currency': case when cost_usd is not null then 'USD' end,
          'api_key_id': coalesce(nullif(api_key, ''), api_key_id),
          'workspace_id': workspace,
          'account_id': null,
          'service_account_id': null,
          'model': coalesce(model_version, model),
          'service_tier': nullif(usage_type, 'message')
        }
      ]
    end as found
  from texts_read
),
found_results as (
  select
    path,
    problem,
    is_row,
    bucket_start,
    bucket_end,
    has_results,
    dollars_per_unit,
    case when unnest(generate_series(1, len(found))) = 1 then bytes end as bytes,
    unnest(found) as result
  from buckets
),
read as (
  select
    *,
    whole(result.uncached_input_tokens) as uncached,
    whole(result.cache_read_input_tokens) as cached,
    whole(result.cache_creation.ephemeral_5m_input_tokens) as written_5m,
    whole(result.cache_creation.ephemeral_1h_input_tokens) as written_1h,
    whole(result.output_tokens) as generated,
    result.amount is not null as is_cost,
    (amount(result.amount) * dollars_per_unit)::decimal(38, 12) as cost
  from found_results
)
select
  path,
  bytes,
  case
    when problem is not null then problem
    when bucket_start is null then 'no time'
    when not is_row and (bucket_end is null or bucket_end <= bucket_start) then 'no end of its bucket'
    when is_cost and cost is null then 'amount is not a number'
    when is_cost and upper(trim(coalesce(result.currency, 'USD'))) <> 'USD' then 'amount is not in US dollars'
    when is_cost then null
    when not has_results and not is_row then 'not a request: an empty bucket'
    when uncached is null and result.uncached_input_tokens is not null then 'input is not a whole number'
    when cached is null and result.cache_read_input_tokens is not null then 'cache reads are not a whole number'
    when
      written_5m is null and result.cache_creation.ephemeral_5m_input_tokens is not null
      or written_1h is null and result.cache_creation.ephemeral_1h_input_tokens is not null
      then 'cache writes are not a whole number'
    when generated is null and result.output_tokens is not null then 'output is not a whole number'
    when uncached is null or generated is null then 'no tokens'
  end as skip_reason,
  case when is_cost then 'cost' else 'usage' end as kind,
  case when is_cost then 'costs' else 'messages' end as report,
  bucket_start as started_at,
  bucket_end,
  -- How wide the buckets of a CSV are, its times say together.
  case when is_row then bucket_start end as wall,
  case when is_row then true end as is_zoned,
  is_row as is_date,
  coalesce($constants['provider'], 'anthropic') as provider,
  coalesce($constants['host'], 'api.anthropic.com') as host,
  $constants['account'] as account,
  coalesce($constants['model'], nullif(result.model, '')) as model,
  coalesce($constants['access_key'], nullif(result.api_key_id, '')) as access_key,
  coalesce($constants['project'], nullif(result.workspace_id, '')) as project,
  coalesce($constants['user'], nullif(result.account_id, ''), nullif(result.service_account_id, '')) as "user",
  nullif(result.service_tier, '') as service_tier,
  case
    when not is_cost then uncached + coalesce(cached, 0) + coalesce(written_5m, 0) + coalesce(written_1h, 0)
  end as input_tokens,
  case when not is_cost then cached end as cache_read_tokens,
  case when not is_cost then written_5m end as cache_write_5m_tokens,
  case when not is_cost then written_1h end as cache_write_1h_tokens,
  case when not is_cost then generated end as output_tokens,
  cost as reported_cost_usd,
  case when is_cost then $constants['cost_kind'] end as reported_cost_kind
from read
