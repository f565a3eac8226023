-- The sources, and whom to believe first.
create or replace temp table sources as
select
  unnest($sources) as source,
  unnest($precedences)::bigint as precedence;
