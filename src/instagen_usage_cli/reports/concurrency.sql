-- One row per access key (part = 'rows'), one for all of them together ('total'), and one for the requests that $provider
-- answered ('provider', where `provider` is asked for): the most that ran at once, and when that was first reached. A
-- request runs from its start until just before its end: one that ends as another starts does not overlap it. Those without
-- a known duration, or with 0, do not count.
-- To be exact without putting every start and end in order, time is cut into slots. Of each it is counted how many
-- requests run as it begins; no more can run in it than those and the ones that start in it. Only the slots that can so
-- hold the peak are gone through, event by event.
with
-- include: views/counted
ran as not materialized (
  select
    access_key,
    -- if: provider
    coalesce(provider = $provider, false) as is_of_provider,
    -- end
    epoch_us(started_at) as opening,
    epoch_us(started_at) + 1000 * duration_ms as closing
  from counted
  where duration_ms > 0
),
sizes as (
  select
    case
      when grouping(access_key) = 0 then 'rows'
      -- if: provider
      when grouping(is_of_provider) = 0 then case when is_of_provider then 'provider' else 'others' end
      -- end
      else 'total'
    end as part,
    access_key,
    count(*) as timed_requests,
    sum(closing - opening)::double as run_time,
    60e6 * greatest(approx_count_distinct(opening // 60000000), 1) as busy_time
  from ran
  group by
    grouping sets (
      (access_key),
      -- if: provider
      (is_of_provider),
      -- end
      ()
    )
  having count(*) > 0
),
-- The length of a slot (in µs) changes the work, never the answer: few requests should start in it, compared with those
-- that run. Where requests hardly overlap slots spare nothing, and there is only one.
scopes as materialized (
  select
    part,
    access_key,
    row_number() over (order by part, access_key)::integer as scope,
    case
      when run_time < busy_time / 2 then 1000000000000000000
      else greatest((1.5 * sqrt(run_time / busy_time) + 2) * busy_time / timed_requests, 1)::bigint
    end as slot_length
  from sizes
  where part <> 'others'
),
timed as materialized (
  select
    scopes.scope,
    scopes.slot_length,
    -- if: provider
    ran.is_of_provider,
    -- end
    ran.opening,
    ran.closing
  from ran
  inner join scopes
    on
      scopes.part = 'rows'
      and scopes.access_key is not distinct from ran.access_key
),
running as not materialized (
  select
    scope,
    slot_length,
    opening,
    closing
  from timed
  union all
  select
    scopes.scope,
    scopes.slot_length,
    timed.opening,
    timed.closing
  from timed
  cross join scopes
  where scopes.part = 'total'
  -- if: provider
  union all
  select
    scopes.scope,
    scopes.slot_length,
    timed.opening,
    timed.closing
  from timed
  cross join scopes
  where scopes.part = 'provider' and timed.is_of_provider
  -- end
),
-- A start is odd and an end even, so that of one instant the ends come first.
events as not materialized (
  select
    scope,
    opening // slot_length as slot,
    2 * opening + 1 as event
  from running
  union all
  select
    scope,
    (closing - 1) // slot_length as slot,
    2 * closing as event
  from running
),
slots as (
  select
    scope,
    slot,
    count(*) as events,
    sum(event & 1)::bigint as starting
  from events
  group by all
),
entered as (
  select
    scope,
    slot,
    starting,
    2 * starting - events as change,
    -- What starts also ends: a scope leaves nothing running to the next, and one sum goes through all of them.
    (sum(2 * starting - events) over (order by scope, slot rows unbounded preceding))::bigint - change as already_running
  from slots
),
chosen as (
  select
    scope,
    slot,
    change,
    already_running
  from entered
  qualify starting > 0 and already_running + starting >= max(already_running) over (partition by scope)
),
candidates as materialized (
  select
    scope,
    slot,
    -- What to add to a sum through the events of all candidates: it does not know of the slots between them.
    already_running + change - (sum(change) over (order by scope, slot rows unbounded preceding))::bigint as passed_over
  from chosen
),
moments as (
  select
    events.scope,
    events.event,
    candidates.passed_over
    + sum(2 * (events.event & 1) - 1) over (order by events.scope, events.event rows unbounded preceding) as at_once
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
    arg_max(event, row(at_once, -event)) // 2 as reached
  from moments
  where event & 1 = 1
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
order by scopes.scope
