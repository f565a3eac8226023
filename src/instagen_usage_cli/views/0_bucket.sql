-- The start (UTC) of the hour, day, week or month in a zone that holds a UTC instant. An hour is found by its UTC
-- start, so that the repeated hour of an autumn night stays two hours.
create or replace temp macro bucket(instant, every, zone) as
case
  when every = 'hour'
    then
      instant
      - (
        (instant at time zone 'UTC' at time zone zone)
        - date_trunc('hour', instant at time zone 'UTC' at time zone zone)
      )
  when every is not null
    then date_trunc(every, instant at time zone 'UTC' at time zone zone)::timestamp at time zone zone at time zone 'UTC'
end;
