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
