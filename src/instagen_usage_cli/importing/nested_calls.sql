-- Traces tell one call at several layers, each around the next: of calls of a kind the innermost counts, and one above it
-- only where it alone knows the usage. Whatever spans stand between are followed up to 64 levels: then a circle ends too.
update staging.staged set skip_reason = 'not a request: a parent of other calls'
from (
  with recursive spans as materialized (
    select
      rowid as place,
      trace_id,
      span_id,
      parent_id,
      case when skip_reason is null then call end as call,
      coalesce(input_tokens, 0) + coalesce(output_tokens, 0) + coalesce(reported_total_tokens, 0) > 0 as is_metered
    from staging.staged
    where span_id is not null and path in (select unnest($paths))
  ),
  -- The traces with a call that has a span below it.
  families as materialized (
    select distinct
      trace_id,
      span_id,
      parent_id,
      call,
      is_metered
    from spans
    where
      trace_id in (
        select outer_calls.trace_id
        from spans as outer_calls
        inner join spans as inner_spans
          on inner_spans.trace_id = outer_calls.trace_id and inner_spans.parent_id = outer_calls.span_id
        where outer_calls.call is not null
      )
  ),
  above as (
    select
      trace_id,
      parent_id as span_id,
      call,
      is_metered,
      1 as height
    from families
    where call is not null and parent_id <> span_id
    union
    select
      families.trace_id,
      families.parent_id as span_id,
      above.call,
      above.is_metered,
      above.height + 1 as height
    from above
    inner join families on families.trace_id = above.trace_id and families.span_id = above.span_id
    where families.parent_id <> families.span_id and above.height < 64
  ),
  holders as (
    select
      trace_id,
      span_id,
      call,
      bool_or(is_metered) as holds_usage
    from above
    group by trace_id, span_id, call
  )
  select spans.place
  from spans
  inner join holders using (trace_id, span_id, call)
  where holders.holds_usage or not spans.is_metered
) as told_below
where staged.rowid = told_below.place;
