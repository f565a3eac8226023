-- Traces tell one call at several layers, each around the next: of calls of a kind the innermost counts, and one above it
-- only where it alone knows the usage. Whatever spans stand between are followed up to 64 levels: then a circle ends too.
update staging.staged set skip_reason = 'not a request: a parent of other calls'
from (
  with recursive told as (
    select
      rowid as place,
      trace_id,
      span_id,
      parent_id,
      case when skip_reason is null then call end as call,
      coalesce(input_tokens, 0) + coalesce(output_tokens, 0) + coalesce(reported_total_tokens, 0) > 0 as is_metered
    from staging.staged
    where span_id is not null and path in (select unnest(from_json($paths::json, '["VARCHAR"]')))
  ),
  -- However often a span is told, it is followed but once.
  spans as materialized (
    select
      min(place) as place,
      trace_id,
      span_id,
      parent_id,
      call,
      bool_or(is_metered) as is_metered
    from told
    group by trace_id, span_id, parent_id, call
  ),
  links as materialized (
    select
      inner_spans.place,
      outer_spans.place as place_above,
      inner_spans.call,
      inner_spans.is_metered
    from spans as inner_spans
    inner join spans as outer_spans
      on outer_spans.trace_id = inner_spans.trace_id and outer_spans.span_id = inner_spans.parent_id
    where inner_spans.parent_id <> inner_spans.span_id
  ),
  above as (
    select
      place_above as place,
      call,
      is_metered,
      1 as height
    from links
    where call is not null
    union
    select
      links.place_above as place,
      above.call,
      above.is_metered,
      above.height + 1 as height
    from above
    inner join links on links.place = above.place
    where above.height < 64
  ),
  holders as (
    select
      place,
      call,
      bool_or(is_metered) as holds_usage
    from above
    group by place, call
  )
  select told.place
  from told
  inner join spans using (trace_id, span_id, call)
  inner join holders on holders.place = spans.place and holders.call = spans.call
  where holders.holds_usage or not told.is_metered
) as told_below
where staged.rowid = told_below.place;
