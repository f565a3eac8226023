-- One row per single request of the filter and id of $ids that names it: the upstream id, or a request key between the
-- id's two of $lowest and $highest.
with
-- include: views/counted
named as (
  select
    unnest($ids) as id,
    unnest($lowest)::uuid as lowest,
    unnest($highest)::uuid as highest
)
select
  named.id,
  counted.request_key::varchar as request_key,
  counted.started_at
from counted
inner join named
  on
    counted.upstream_id = named.id
    or counted.request_key between named.lowest and named.highest
where counted.stated_until is null
order by
  named.id,
  counted.request_key
