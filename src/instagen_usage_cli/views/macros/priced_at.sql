-- When the price of something held. A day or a month is one of some zone: its first noon is on the day that it is named by,
-- nearly everywhere.
create or replace temp macro priced_at(started_at, stated_until) as
case when stated_until >= started_at + interval 23 hours then started_at + interval 12 hours else started_at end;
