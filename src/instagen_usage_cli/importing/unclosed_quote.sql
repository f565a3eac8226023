-- Refuse the record in which a file ends within quotes: the one after all that were read.
insert into rejects
select
  $path as path,
  (select count(*) from staging.staged where path = $path)
  + (select count(distinct record) from rejects where path = $path) + 1 as record,
  null as byte_offset,
  'an unclosed quote' as reason;
