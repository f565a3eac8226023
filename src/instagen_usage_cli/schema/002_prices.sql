-- Prices by size of the request, of the user's own lists too, and the names that prices are looked up by.
drop table prices;

create table prices (
  digest varchar,
  price_list varchar,
  line bigint,
  is_own boolean,
  provider varchar,
  host varchar,
  model varchar,
  tier varchar,
  input_from bigint,
  input decimal(18, 12),
  output decimal(18, 12),
  cache_read decimal(18, 12),
  cache_write_5m decimal(18, 12),
  cache_write_1h decimal(18, 12),
  reasoning decimal(18, 12),
  per_request decimal(18, 12),
  effective_from timestamp,
  effective_until timestamp,
  checked_on date
);
comment on table prices is 'A copy of the price lists, in US dollars per token; the files are the truth.';
comment on column prices.digest is 'The SHA-256 of the price lists and aliases it was copied from.';
comment on column prices.price_list is 'The name of the file it stands in.';
comment on column prices.line is 'The number of its line there.';
comment on column prices.is_own is 'Whether it is from the user''s own list, which comes before the others.';
comment on column prices.provider is 'The provider whose price it is; empty where the host alone says so.';
comment on column prices.host is 'The host it is charged on; empty for any.';
comment on column prices.model is 'The exact model id.';
comment on column prices.tier is 'The service tier, empty for the ordinary one.';
comment on column prices.input_from is 'It is for requests of this many input tokens or more, up to the next line.';
comment on column prices.input is 'Per input token; unknown means no price.';
comment on column prices.output is 'Per output token; unknown means no price.';
comment on column prices.cache_read is 'Per token read from a cache; unknown means the input price.';
comment on column prices.cache_write_5m is 'Per token written to a five-minute cache; unknown means the input price.';
comment on column prices.cache_write_1h is 'Per token written to a one-hour cache; unknown means none, or the input price where no write has one.';
comment on column prices.reasoning is 'Per reasoning token; unknown means the output price.';
comment on column prices.per_request is 'Per request, on top.';
comment on column prices.effective_from is 'Valid from this time (UTC); unknown means as far back as anything is known.';
comment on column prices.effective_until is 'Valid until this time (UTC), not included; unknown means still.';
comment on column prices.checked_on is 'When it was last compared with its source.';

create table aliases (
  kind varchar,
  name varchar,
  provider varchar,
  meaning varchar
);
comment on table aliases is 'A copy of the names that stand for others in the price lists; the files are the truth.';
comment on column aliases.kind is 'host, protocol, provider, prefix, model or tier.';
comment on column aliases.name is 'The name that stands for another; of a host it may hold * for any letters.';
comment on column aliases.provider is 'The provider at which it does; empty for any.';
comment on column aliases.meaning is 'What it stands for; empty for nothing.';

create table names (
  host varchar,
  provider varchar,
  model varchar,
  service_tier varchar
);
comment on table names is 'One row per host, provider, model and tier that any request or statement names: what prices are looked up by.';
comment on column names.host is 'The host name that answered.';
comment on column names.provider is 'Who answered.';
comment on column names.model is 'The model that answered.';
comment on column names.service_tier is 'The service tier that was billed.';
insert into names
select distinct
  host,
  provider,
  model,
  service_tier
from requests
union
select
  host,
  provider,
  model,
  null
from statements;
