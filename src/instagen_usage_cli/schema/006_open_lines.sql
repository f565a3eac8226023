-- A last line without an end is provisional: once the file has grown and goes on with it, what it brought is taken back.
alter table imports add column open_from bigint;
alter table imports add column open_until bigint;
alter table imports add column open_digest varchar;
comment on column imports.open_from is 'The byte at which its last line begins, where that has no end yet.';
comment on column imports.open_until is 'The byte behind that line.';
comment on column imports.open_digest is 'The SHA-256 of that line.';
