-- The records of an adapter are staged without any access key in clear: nothing of one is written, not even for a while.
insert into staging.staged by name
select
  * exclude (
    has_secret, upstream_id, provider, host, account, model, requested_model, operation, access_key, project, "user",
    session, tags, status, error_type, service_tier, trace_id, span_id, parent_id
  ),
  private_text(
    columns('^((upstream|trace|span|parent)_id|provider|host|(requested_)?model|operation|session|status|error_type|service_tier)$'),
    has_secret
  ) as '\0',
  list_transform(tags, lambda tag: private_text(tag, has_secret)) as tags,
  private_name(private_text(columns('^(account|project|user)$'), has_secret)) as '\0',
  private_key(private_text(access_key, has_secret)) as access_key
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
