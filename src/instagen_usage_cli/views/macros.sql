-- The macros that questions call. Only those that a question calls are made, and those that these call.

-- name: at_zone
-- What the clock of a zone shows at a UTC instant.
create or replace temp macro at_zone(instant, zone) as instant at time zone 'UTC' at time zone zone;

-- name: bucket
-- The start (UTC) of the hour, day, week or month in a zone that holds a UTC instant, which is itself on a quarter of an
-- hour. An hour is found by its UTC start, so that the repeated hour of an autumn night stays two hours; where the clock
-- changed by less than an hour within it, it begins at the change. A day with two midnights begins at the first.
create or replace temp macro bucket(instant, every, zone) as
case
  when every is null then null
  when
    every = 'hour'
    and at_zone(instant - (at_zone(instant, zone) - date_trunc('hour', at_zone(instant, zone))), zone)
    = date_trunc('hour', at_zone(instant, zone))
    then instant - (at_zone(instant, zone) - date_trunc('hour', at_zone(instant, zone)))
  when every = 'hour'
    then
      list_filter(
        [
          instant - (at_zone(instant, zone) - date_trunc('hour', at_zone(instant, zone))) + quarters * interval 15 minutes
          for quarters in [0, 1, 2, 3]
        ],
        lambda start: at_zone(start, zone) - start = at_zone(instant, zone) - instant
      )[1]
  when
    at_zone(
      (date_trunc(every, at_zone(instant, zone))::timestamp at time zone zone at time zone 'UTC') - interval 1 hour, zone
    ) = date_trunc(every, at_zone(instant, zone))
    then (date_trunc(every, at_zone(instant, zone))::timestamp at time zone zone at time zone 'UTC') - interval 1 hour
  else date_trunc(every, at_zone(instant, zone))::timestamp at time zone zone at time zone 'UTC'
end;

-- name: time_of_week
-- The weekday (1 is Monday) and the hour that the clock of a zone shows at a UTC instant, those of them that are in a list.
create or replace temp macro time_of_week(instant, pattern, zone) as {
  'weekday': case when list_contains(pattern, 'weekday') then isodow(at_zone(instant, zone)) end,
  'hour_of_day': case when list_contains(pattern, 'hour_of_day') then hour(at_zone(instant, zone)) end
};

-- name: calendar
-- One row per hour, day, week or month of a zone between two UTC instants: its start and its end (UTC). Found by
-- quarters of an hour, which no zone's change of clock is off, so that days of 23 and 25 hours come out right.
create or replace temp macro calendar(opening, closing, every, zone) as table
with buckets as (
  select distinct bucket(slots.slot, every, zone) as bucket
  from (
    select
      unnest(
        generate_series(
          time_bucket(interval 15 minutes, opening),
          closing + case every when 'month' then interval 33 days when 'week' then interval 9 days else interval 2 days end,
          interval 15 minutes
        )
      ) as slot
  ) as slots
  where every is not null
),
ended as (
  select
    bucket,
    lead(bucket) over (order by bucket) as bucket_end
  from buckets
)
select
  bucket,
  bucket_end
from ended
where bucket < closing;

-- name: covered
-- One row: the time that the imports cover, from their first record to behind the last one, a statement to its end (UTC).
-- Without imports it is unknown.
create or replace temp macro covered() as table
select
  min(imports.first_at) as covered_since,
  greatest(
    max(imports.last_at) + interval 1 microsecond,
    (select max(statements.bucket_end) from statements)
  ) as covered_until
from imports;

-- name: success_pct
-- The share of success in percent; unknown where nothing is judged, or more failed than there were.
create or replace temp macro success_pct(judged, failed) as
case when failed <= judged then (judged - failed)::double / nullif(judged, 0) * 100 end;

-- name: matches
-- Whether a value matches one of the glob patterns, or there are none.
create or replace temp macro matches(value, patterns) as
len(coalesce(patterns, [])) = 0 or len(list_filter(patterns, lambda pattern: value = pattern or value glob pattern)) > 0;

-- name: cost_of
-- What tokens of one class cost at a price per token; nothing where there are none.
create or replace temp macro cost_of(tokens, price) as (coalesce(tokens, 0) * coalesce(price, 0))::decimal(38, 12);

-- name: cost_gap
-- Why something has no cost: for what the price lists have no line (its `model`, its `tier`, that `day`) or no price (a
-- `class` of its tokens); or that it `failed` without tokens, that only a `part` of them is known, or `none`.
create or replace temp macro cost_gap(cost_state, line_gap, is_failed, has_tokens) as
case
  when cost_state = 'unpriced' then coalesce(line_gap, 'class')
  when cost_state = 'unmetered'
    then case when has_tokens then 'part' when is_failed then 'failed' else 'none' end
end;

-- name: has_tokens
-- Whether something has tokens at all. A total of 0 beside known tokens says nothing.
create or replace temp macro has_tokens(input_tokens, output_tokens, reported_total_tokens) as coalesce(
  coalesce(input_tokens + output_tokens, greatest(reported_total_tokens, input_tokens, output_tokens)) > 0, false
);

-- name: has_reads_alone
-- Whether something has cached tokens, but no other input: of a source that counts them apart, or says nothing else.
create or replace temp macro has_reads_alone(input_tokens, cache_read_tokens) as
coalesce(cache_read_tokens > 0, false) and not coalesce(input_tokens > 0, false);

-- name: parts_of_input
-- How many tokens of an input have prices of their own.
create or replace temp macro parts_of_input(cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens) as
coalesce(cache_read_tokens, 0) + coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0);

-- name: reported_kind
-- Who says what something cost. What was billed may stand apart, in a statement of money alone. A gateway or client that
-- says 0 beside real tokens does not know the price.
create or replace temp macro reported_kind(reported_cost_kind, reported_cost_usd) as case
  when reported_cost_kind = 'apart' then 'apart'
  when reported_cost_kind = 'billed' and reported_cost_usd is not null then 'billed'
  when reported_cost_usd <> 0 then reported_cost_kind
end;

-- name: priced_at
-- When the price of something held. A day or a month is one of some zone: its first noon is on the day that it is named by,
-- nearly everywhere.
create or replace temp macro priced_at(started_at, stated_until) as
case when stated_until >= started_at + interval 23 hours then started_at + interval 12 hours else started_at end;
