-- One row per access key (part = 'rows', where $by_key) and one for all of them together ('total'), of the requests that
-- $provider answered (NULL = anyone): the most that ran at once, and when that was first reached. A request runs from its
-- start until just before its end: one that ends as another starts does not overlap it. Where the duration is unknown or
-- 0 it does not count.
-- To be exact without sorting every start and end, time is cut into slots: of each it is counted how many requests run
-- as it begins, and no more can run in it than those and the ones that start in it. Only the slots that can so hold the
-- peak are gone through one event after the other.
with timed as not materialized (
  select
    access_key,
    epoch_us(started_at) as opening,
    epoch_us(started_at) + 1000 * duration_ms as closing
  from counted($filter)
  where
    duration_ms > 0
    and ($provider is null or provider = $provider)
),
running as not materialized (
  select
    'rows' as part,
    access_key,
    opening,
    closing
  from timed
  where $by_key
  union all
  select
    'total' as part,
    null as access_key,
    opening,
    closing
  from timed
),
-- A slot is so short that few requests start in it, compared with those that run; the peaks are the same for any length.
scopes as materialized (
  select
    part,
    access_key,
    row_number() over (order by part, access_key) as scope,
    case
      when run_time < busy_time / 2 then 9000000000000000000
      else greatest((1.5 * sqrt(run_time / busy_time) + 3) * busy_time / timed_requests, 1)::bigint
    end as slot_length
  from (
    select
      part,
      access_key,
      count(*) as timed_requests,
      sum(closing - opening)::double as run_time,
      60e6 * greatest(approx_count_distinct(opening // 60000000), 1) as busy_time
    from running
    group by all
  )
),
events as not materialized (
  select
    scopes.scope,
    running.opening // scopes.slot_length as slot,
    running.opening as instant,
    1 as change
  from running
  inner join scopes
    on
      scopes.part = running.part
      and scopes.access_key is not distinct from running.access_key
  union all
  select
    scopes.scope,
    (running.closing - 1) // scopes.slot_length as slot,
    running.closing as instant,
    -1 as change
  from running
  inner join scopes
    on
      scopes.part = running.part
      and scopes.access_key is not distinct from running.access_key
),
slots as (
  select
    scope,
    slot,
    count(*) filter (where change = 1) as starting,
    sum(change)::bigint as change
  from events
  group by all
),
entered as (
  select
    scope,
    slot,
    starting,
    -- What starts also ends: a scope leaves nothing running to the next, and one sum goes through all of them.
    (sum(change) over (order by scope, slot rows unbounded preceding))::bigint - change as already_running
  from slots
),
candidates as materialized (
  select
    scope,
    slot,
    already_running
  from entered
  qualify starting > 0 and already_running + starting >= max(already_running) over (partition by scope)
),
moments as (
  select
    events.scope,
    events.instant,
    candidates.already_running
    + sum(events.change::double) over (
      partition by events.scope, events.slot
      order by events.instant, events.change
      rows unbounded preceding
    ) as at_once
  from events
  inner join candidates
    on
      candidates.scope = events.scope
      and candidates.slot = events.slot
),
peaks as (
  select
    scope,
    max(at_once)::bigint as peak,
    arg_max(instant, row(at_once, -instant)) as reached
  from moments
  group by scope
)
select
  scopes.part,
  scopes.access_key,
  peaks.peak as peak_concurrent_requests,
  make_timestamp(peaks.reached) as peak_concurrent_requests_at
from scopes
inner join peaks
  on peaks.scope = scopes.scope
order by
  scopes.scope
