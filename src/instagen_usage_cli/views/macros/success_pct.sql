-- The share of success in percent; unknown where nothing is judged, or more failed than there were.
create or replace temp macro success_pct(judged, failed) as
case when failed <= judged then (judged - failed)::double / nullif(judged, 0) * 100 end;
