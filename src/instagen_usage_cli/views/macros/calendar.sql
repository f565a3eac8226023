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
