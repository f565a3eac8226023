-- One row per staged file: what is worth knowing about how it was read.
select
  files.name,
  files.is_statement,
  files.source_tz,
  not files.is_hosted
  and coalesce(bool_or(staged.host = 'llm.submodel.ai'), false)
  and coalesce(files.reading not like '%"provider"%', true) as default_provider,
  count(*) filter (where not staged.is_zoned) as unzoned,
  count(*) filter (where staged.is_repeated_hour) as repeated_hour,
  count(*) filter (
    where staged.reported_total_tokens > 0 and staged.input_tokens + staged.output_tokens <> staged.reported_total_tokens
  ) as token_mismatch,
  count(staged.path) filter (where staged.provider is null) as unknown_provider
from files
left join staging.staged on staged.path = files.path and staged.skip_reason is null
group by files.name, files.is_statement, files.source_tz, files.is_hosted, files.reading
