-- The records of an adapter are staged without any access key in clear: nothing of one is written, not even for a while.
insert into staging.staged by name
select
  * exclude (has_secret) replace (
    case when has_secret then without_secrets(upstream_id) else upstream_id end as upstream_id,
    case when has_secret then without_secrets(provider) else provider end as provider,
    case when has_secret then without_secrets(host) else host end as host,
    case when has_secret then without_secrets(model) else model end as model,
    case when has_secret then without_secrets(requested_model) else requested_model end as requested_model,
    case when has_secret then without_secrets(operation) else operation end as operation,
    case when has_secret then without_secrets(session) else session end as session,
    case when has_secret then without_secrets(status) else status end as status,
    case when has_secret then without_secrets(error_type) else error_type end as error_type,
    case when has_secret then without_secrets(service_tier) else service_tier end as service_tier,
    case when has_secret then without_secrets(trace_id) else trace_id end as trace_id,
    case when has_secret then without_secrets(span_id) else span_id end as span_id,
    case when has_secret then without_secrets(parent_id) else parent_id end as parent_id,
    case when has_secret then list_transform(tags, lambda tag: without_secrets(tag)) else tags end as tags,
    private_name(case when has_secret then without_secrets(account) else account end) as account,
    private_name(case when has_secret then without_secrets(project) else project end) as project,
    private_name(case when has_secret then without_secrets("user") else "user" end) as "user",
    private_key(case when has_secret then without_secrets(access_key) else access_key end) as access_key
  )
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
