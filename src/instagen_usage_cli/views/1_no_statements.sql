-- What the views of statements give where there are none, or none touches the window: most databases have none, and
-- planning those questions takes longer than answering many others.
create or replace temp table chosen_statements as
select
  *,
  ''::varchar as place,
  ''::varchar as billed_to,
  false as keyed,
  0::integer as coarseness
from statements
where false;

create or replace temp table statement_spans (
  place varchar,
  billed_to varchar,
  kind varchar,
  span_start timestamp,
  span_end timestamp,
  stated_requests bigint,
  stated_tokens bigint,
  told_as varchar[],
  seen_requests bigint,
  requests_count boolean,
  bills_requests boolean,
  has_usage boolean
);

create or replace temp table weighed_statements as
select
  *,
  false as requests_count,
  false as bills_requests,
  false as has_counterpart,
  false as same_model,
  false as same_key,
  false as same_project,
  false as same_user,
  false as same_source
from chosen_statements;
