-- One row per session to be shown: the $sessions, or the first $limit in the order of $sort. `several` names what is
-- not the same for all requests of the session that say it, and so unknown in the row.
with
-- include: views/priced
grouped as (
  select
    session,
    min(started_at) as first_at,
    max(started_at) as last_at,
    -- Of one request whose end is unknown it is unknown.
    case
      when count(*) > 1 or max(coalesce(ended_at, started_at + to_milliseconds(duration_ms))) is not null
        then
          (
            epoch_us(max(coalesce(ended_at, started_at + to_milliseconds(coalesce(duration_ms, 0)))))
            - epoch_us(min(started_at))
          ) // 1000
    end as span_ms,
    count(*) as requests,
    sum(failed_requests)::bigint as failed_requests,
    list_sort(list(distinct model) filter (where model is not null)) as models,
    min(columns('^(access_key|project|user)$')) as '\0',
    list_filter(
      [
        case when min(access_key) < max(access_key) then 'access_key' end,
        case when min(project) < max(project) then 'project' end,
        case when min("user") < max("user") then 'user' end
      ],
      lambda name: name is not null
    ) as several,
    sum(columns('^(input|cache_read|output|reasoning|total)_tokens$'))::bigint as '\0',
    sum(cost_usd)::decimal(38, 12) as cost_usd,
    count(*) filter (where cost_state = 'unpriced') as unpriced_requests,
    count(*) filter (where cost_state = 'unmetered') as unmetered_requests
  from priced
  where
    stated_until is null
    and session is not null
    and ($sessions is null or list_contains($sessions, session))
  group by session
)
select
  session,
  first_at,
  last_at,
  span_ms,
  requests,
  failed_requests,
  models,
  case when not list_contains(several, 'access_key') then access_key end as access_key,
  case when not list_contains(several, 'project') then project end as project,
  case when not list_contains(several, 'user') then "user" end as "user",
  several,
  input_tokens,
  cache_read_tokens,
  output_tokens,
  reasoning_tokens,
  total_tokens,
  cost_usd,
  unpriced_requests,
  unmetered_requests
from grouped
order by
  case when $sort = 'costliest' then grouped.cost_usd end desc nulls last,
  case when $sort = 'longest' then grouped.span_ms end desc nulls last,
  case when $sort = 'busiest' then grouped.requests end desc nulls last,
  grouped.last_at desc,
  grouped.session
limit $limit
