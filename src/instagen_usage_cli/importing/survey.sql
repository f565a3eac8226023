-- Survey: how the numbers and days of files are written, asked of all their cells where some could not be read.

-- name: read_cells
-- All cells of files that are alike. Every column of them: duckdb 1.5 fails at a row of another width where it needs only
-- some of a CSV.
create or replace temp table surveyed as
select *
from cells(getvariable('paths'), $columns, $delimiter, $skip, $buffer);

-- name: drop_cells
drop table surveyed;

-- name: survey
-- One row per file and column with numbers or times: how many of its filled cells look how, as in `Tally` of forms.py.
with cells_of_files as (
  unpivot (
    select
      path,
      started_at,
      ended_at,
      columns('^(requests|failed_requests|[a-z0-9_]+_tokens|(duration|ttft)_m?s)$'),
      dollars(filled(cost_usd)) as cost_usd
    from surveyed
  )
  on columns(* exclude (path))
  into name field value raw_cell
),
filled_cells as (
  select
    path,
    field,
    filled(raw_cell) as cell,
    regexp_matches(field, 'requests$|_tokens$') as is_count,
    field in ('started_at', 'ended_at') as is_time
  from cells_of_files
),
shapes as (
  select
    path,
    field,
    cell,
    is_time,
    not is_time and regexp_full_match(cell, case when is_count then $sure_points_of_counts else $sure_points end) as is_point,
    not is_time and regexp_full_match(cell, case when is_count then $sure_commas_of_counts else $sure_commas end) as is_comma,
    not is_time and regexp_full_match(cell, case when is_count then $either_count else $either end) as is_either,
    not is_time and regexp_full_match(cell, '\d+') as is_plain,
    not is_time and regexp_full_match(cell, $in_full) as is_in_full,
    case when is_time then regexp_extract(cell, concat('^', $day, '$'), ['first', 'second', 'third']) end as parts
  from filled_cells
  where cell is not null
),
days as (
  select
    * exclude (parts),
    try_cast(parts.first as integer) as first,
    try_cast(parts.second as integer) as second,
    try_cast(parts.third as integer) + case when length(parts.third) = 2 then 2000 else 0 end as third,
    first between 1 and 31 and second between 1 and 12 and third between 2015 and 2099 as is_dmy,
    first between 1 and 12 and second between 1 and 31 and third between 2015 and 2099 as is_mdy,
    first between 15 and 99 and second between 1 and 12 and try_cast(parts.third as integer) between 1 and 31 as is_ymd
  from shapes
)
select
  path,
  field,
  count(*) filter (where is_point) as points,
  count(*) filter (where is_comma) as commas,
  count(*) filter (where is_either) as eithers,
  count(*) filter (where is_plain) as plain,
  count(*) filter (where is_in_full) as in_full,
  count(*) filter (where is_dmy or is_mdy or is_ymd) as days,
  count(*) filter (where is_dmy) as dmy,
  count(*) filter (where is_mdy) as mdy,
  count(*) filter (where is_ymd) as ymd,
  min(cell) filter (where is_either) as first_either,
  min(cell) filter (where is_dmy or is_mdy or is_ymd) as first_day,
  count(*) filter (where is_either and contains(cell, '.')) as either_points,
  coalesce(min(cell) filter (where not (is_point or is_comma or is_either or is_plain)), min(cell)) as first_odd
from days
group by path, field
order by path, field;

-- name: contradictions
-- Whether, with these decimal marks, a record of a file says what cannot be: a part of a token, a total that is
-- not the sum of its parts, or a price beyond a thousand dollars, or below a thousandth of one, per million tokens.
with numbers as (
  select
    list_transform(
      [
        requests, failed_requests, input_tokens, cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens,
        output_tokens, reasoning_tokens, total_tokens, null, null, null, null, dollars(filled(cost_usd))
      ],
      lambda cell, place: try_cast(plain_number(filled(cell), $decimals[place], null) as double)
    ) as number
  from surveyed
  where path = $path
),
sums as (
  select
    number[3] + number[7] as parts,
    coalesce(number[4], 0) + coalesce(number[5], 0) + coalesce(number[6], 0) as cached,
    number[9] as total,
    coalesce(number[9], coalesce(number[3], 0) + coalesce(number[7], 0)) as tokens,
    number[14] as cost,
    len(list_filter(number[1:9], lambda count: count <> floor(count))) > 0 as has_parted_count
  from numbers
)
select
  coalesce(
    bool_or(
      has_parted_count
      or coalesce(total <> parts and total <> parts + cached, false)
      or coalesce(tokens > 0 and cost > 0 and cost / tokens not between 1e-9 and 1e-3, false)
    ),
    false
  ) as has_contradiction
from sums;
