-- One row per statement in the window that speaks for its bucket: whether requests count in its host_name or are billed by
-- it, and whether statements of the other kind tell of the same time: then what it cost stands in a statement of money
-- alone, and not here. `same_…` says whether one of those names the same model and so on, as a filter needs.
create or replace temp table weighed_statements as
with placed as (
  select
    row_number() over () as number,
    chosen.*,
    spans.requests_count,
    spans.bills_requests
  from chosen_statements as chosen
  inner join statement_spans as spans
    on
      spans.host_name = chosen.host_name
      and spans.billed_to = chosen.billed_to
      and spans.kind = chosen.kind
      and chosen.bucket_start >= spans.span_start
      and chosen.bucket_start < spans.span_end
),
pairs as (
  select
    [usage.number, money.number] as numbers,
    coalesce(usage.model = money.model, false) as same_model,
    coalesce(usage.access_key = money.access_key, false) as same_key,
    coalesce(usage.project = money.project, false) as same_project,
    coalesce(usage."user" = money."user", false) as same_user,
    usage.source = money.source as same_source
  from placed as usage
  inner join placed as money
    on
      usage.kind = 'usage'
      and money.kind = 'cost'
      and usage.host_name = money.host_name
      and usage.billed_to = money.billed_to
      and usage.bucket_start < money.bucket_end
      and usage.bucket_end > money.bucket_start
),
counterparts as (
  select
    unnest(numbers) as number,
    columns('^same_')
  from pairs
),
told_apart as (
  select
    number,
    bool_or(columns('^same_')) as '\0'
  from counterparts
  group by number
)
select
  placed.* exclude (number),
  told_apart.number is not null as has_counterpart,
  coalesce(columns('^same_'), false) as '\0'
from placed
left join told_apart on told_apart.number = placed.number;
