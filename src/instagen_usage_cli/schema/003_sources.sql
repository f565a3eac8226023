-- What the reports of providers and gateways say beside: the service tier and the report of a statement, and tokens that
-- do not add up.
alter table statements add column service_tier varchar;
alter table statements add column report varchar;
comment on column statements.service_tier is 'The service tier that was billed.';
comment on column statements.report is 'Which report of its source it stands in, where there are several beside each other.';

alter table requests add column tokens_mismatch boolean;
alter table sightings add column tokens_mismatch boolean;
comment on column imports.digest is 'The SHA-256 of its content, for text of up to 64 MiB that was named or found in a folder.';
comment on column requests.tokens_mismatch is 'Whether the source said parts that do not add up to its total: then only the total is kept.';
