-- The first records as they would be stored.
select
  parse_filename(files.name) as file,
  staged.started_at,
  staged.provider,
  staged.model,
  staged.access_key,
  staged.status,
  staged.requests,
  staged.input_tokens,
  staged.output_tokens,
  staged.reported_total_tokens,
  staged.reported_cost_usd,
  staged.duration_ms
from staging.staged
inner join files on files.path = staged.path
where staged.skip_reason is null
order by files.name, staged.rowid
limit $limit
