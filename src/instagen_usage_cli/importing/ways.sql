-- What storing the staged requests takes: whether any is new, and needs no more than an insert; whether all came in the
-- order of their time; whether any is affected; whether each of these is told by one file alone, and all by one source.
select
  exists (select 1 from new_requests) as has_new,
  (
    select coalesce(bool_and(started_at >= time_before), true)
    from (
      select
        started_at,
        lag(started_at) over () as time_before
      from staging.staged
      where skip_reason is null
    )
  ) as is_in_order,
  exists (select 1 from affected) as has_affected,
  not exists (select 1 from known) and not exists (select 1 from affected where is_of_several_files) as is_told_once,
  1 = (
    select count(*)
    from (
      select source
      from files
      union
      select source
      from known
    )
  ) as is_of_one_source
