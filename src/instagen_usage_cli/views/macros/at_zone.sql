-- What the clock of a zone shows at a UTC instant.
create or replace temp macro at_zone(instant, zone) as instant at time zone 'UTC' at time zone zone;
