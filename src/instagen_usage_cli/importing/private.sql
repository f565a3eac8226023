-- The records of an adapter are staged without any access key in clear: nothing of one is written, not even for a while.
insert into staging.staged by name
select
  * exclude (
    has_secret, upstream_id, provider, host, account, model, requested_model, operation, access_key, project, "user",
    session, tags, status, error_type, service_tier, trace_id, span_id, parent_id
  ),
  case
    when has_secret
      then without_secrets(
        columns(
          '^(upstream_id|provider|host|model|requested_model|operation|session|status|error_type|service_tier|(trace|span|parent)_id)$'
        )
      )
    else columns(
      '^(upstream_id|provider|host|model|requested_model|operation|session|status|error_type|service_tier|(trace|span|parent)_id)$'
    )
  end as '\0',
  case when has_secret then list_transform(tags, lambda tag: without_secrets(tag)) else tags end as tags,
  private_name(
    case
      when has_secret then without_secrets(columns('^(account|project|user)$'))
      else columns('^(account|project|user)$')
    end
  ) as '\0',
  private_key(case when has_secret then without_secrets(access_key) else access_key end) as access_key
from (
  select
    *,
    holds_secret(
      concat_ws(
        ' ', upstream_id, provider, host, account, model, requested_model, operation, access_key, project, "user", session,
        array_to_string(tags, ' '), status, error_type, service_tier, trace_id, span_id, parent_id
      )
    ) as has_secret
  from (
    select *
    from staging.staged
    where false
    union all by name
    (
-- adapter
    )
  )
)
