-- One row per statement that speaks for its bucket: of each bucket the newest import, of overlapping ones the finest
-- width that tells of all of it, of the same export read in two zones the newest, of equal ones the source and detail
-- with the most requests.
-- Statements of money alone are chosen among themselves, and left out where those with tokens say what was billed. A
-- table, so that every question is not planned with it again.
create or replace temp table chosen_statements as
with current_statements as (
  select
    *,
    coalesce(host, provider, '') as host_name,
    coalesce(account, '') as billed_to,
    bool_or(access_key is not null) over (partition by import_id) as keyed,
    list_position(['second', 'minute', 'hour', 'day', 'month'], bucket_width) as coarseness
  from statements
  qualify import_id = max(import_id) over (partition by scope, kind, bucket_start, bucket_width)
),
-- What a source tells of a bucket, all rows together.
buckets as (
  select
    host_name,
    billed_to,
    kind,
    source,
    report,
    coarseness,
    bucket_start,
    bucket_end,
    sum(requests) as requests,
    sum(coalesce(reported_total_tokens, input_tokens + output_tokens)) as tokens,
    sum(reported_cost_usd) as cost_usd
  from current_statements
  group by host_name, billed_to, kind, source, report, coarseness, bucket_start, bucket_end
),
-- The buckets that finer ones of one source and width cover: what they say of it, in requests, else tokens, else money,
-- is at least 95 %.
covered as (
  select
    coarse.host_name,
    coarse.billed_to,
    coarse.kind,
    coarse.source,
    coarse.report,
    coarse.bucket_start,
    coarse.bucket_end,
    fine.source as finer_source,
    fine.coarseness as finer_coarseness,
    coalesce(
      sum(fine.requests) >= 0.95 * any_value(coarse.requests),
      sum(fine.tokens) >= 0.95 * any_value(coarse.tokens),
      sum(fine.cost_usd) >= 0.95 * any_value(coarse.cost_usd),
      true
    ) as is_covered
  from buckets as coarse
  inner join buckets as fine
    on
      fine.host_name = coarse.host_name
      and fine.billed_to = coarse.billed_to
      and fine.kind = coarse.kind
      and (fine.source <> coarse.source or fine.report is not distinct from coarse.report)
      and fine.coarseness < coarse.coarseness
      and fine.bucket_start < coarse.bucket_end
      and fine.bucket_end > coarse.bucket_start
  group by all
),
judged as (
  select
    *,
    bool_or(is_covered) over (
      partition by host_name, billed_to, kind, source, report, bucket_start, bucket_end
    ) as is_told_finer
  from covered
),
-- Of two widths the finer one counts where it covers the coarser, else the coarser. Of the same export that was read in
-- two zones the newer reading counts.
finest as (
  select told.*
  from current_statements as told
  where
    not exists (
      select 1
      from judged as covered
      where
        covered.is_told_finer
        and covered.host_name = told.host_name
        and covered.billed_to = told.billed_to
        and covered.kind = told.kind
        and covered.source = told.source
        and covered.report is not distinct from told.report
        and covered.bucket_start = told.bucket_start
        and covered.bucket_end = told.bucket_end
    )
    and not exists (
      select 1
      from judged as covered
      where
        not covered.is_told_finer
        and covered.host_name = told.host_name
        and covered.billed_to = told.billed_to
        and covered.kind = told.kind
        and covered.finer_source = told.source
        and covered.finer_coarseness = told.coarseness
        and (covered.source <> told.source or covered.report is not distinct from told.report)
        and covered.bucket_start < told.bucket_end
        and covered.bucket_end > told.bucket_start
    )
    and not exists (
      select 1
      from current_statements as newer
      where
        newer.scope = told.scope
        and newer.kind = told.kind
        and newer.coarseness = told.coarseness
        and newer.bucket_start <> told.bucket_start
        and newer.import_id > told.import_id
        and newer.bucket_start < told.bucket_end
        and newer.bucket_end > told.bucket_start
    )
),
-- What a source tells of a bucket in one report, with keys or without.
tellings as (
  select
    host_name,
    billed_to,
    kind,
    bucket_start,
    source,
    report,
    keyed,
    sum(requests) as requests,
    sum(coalesce(reported_total_tokens, input_tokens + output_tokens)) as tokens,
    sum(reported_cost_usd) as cost_usd
  from finest
  group by host_name, billed_to, kind, bucket_start, source, report, keyed
  qualify row_number() over (
    partition by host_name, billed_to, kind, bucket_start, source, report
    order by
      sum(requests) desc nulls last,
      sum(coalesce(reported_total_tokens, input_tokens + output_tokens)) desc nulls last,
      sum(reported_cost_usd) desc nulls last,
      keyed
  ) = 1
),
sources as (
  select
    host_name,
    billed_to,
    kind,
    bucket_start,
    source
  from tellings
  group by host_name, billed_to, kind, bucket_start, source
  qualify row_number() over (
    partition by host_name, billed_to, kind, bucket_start
    order by
      sum(requests) desc nulls last,
      sum(tokens) desc nulls last,
      sum(cost_usd) desc nulls last,
      source
  ) = 1
),
chosen as (
  select finest.*
  from finest
  semi join tellings
    on
      tellings.host_name = finest.host_name
      and tellings.billed_to = finest.billed_to
      and tellings.kind = finest.kind
      and tellings.bucket_start = finest.bucket_start
      and tellings.source = finest.source
      and tellings.report is not distinct from finest.report
      and tellings.keyed = finest.keyed
  semi join sources
    on
      sources.host_name = finest.host_name
      and sources.billed_to = finest.billed_to
      and sources.kind = finest.kind
      and sources.bucket_start = finest.bucket_start
      and sources.source = finest.source
),
-- The bills that usage of the same time says itself, to at least 95 %.
said_with_usage as (
  select
    bills.host_name,
    bills.billed_to,
    bills.bucket_start,
    bills.bucket_end
  from (
    select
      host_name,
      billed_to,
      bucket_start,
      bucket_end,
      sum(reported_cost_usd) as cost_usd
    from chosen
    where kind = 'cost'
    group by all
  ) as bills
  inner join chosen as usage
    on
      usage.kind = 'usage'
      and usage.reported_cost_kind = 'billed'
      and usage.host_name = bills.host_name
      and usage.billed_to = bills.billed_to
      and usage.bucket_start < bills.bucket_end
      and usage.bucket_end > bills.bucket_start
  group by bills.host_name, bills.billed_to, bills.bucket_start, bills.bucket_end, bills.cost_usd
  having sum(usage.reported_cost_usd) >= 0.95 * bills.cost_usd
)
select chosen.*
from chosen
anti join said_with_usage
  on
    chosen.kind = 'cost'
    and said_with_usage.host_name = chosen.host_name
    and said_with_usage.billed_to = chosen.billed_to
    and said_with_usage.bucket_start = chosen.bucket_start
    and said_with_usage.bucket_end = chosen.bucket_end;
