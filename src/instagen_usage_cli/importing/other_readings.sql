-- The earlier imports of files whose content has not changed since, but which were read in another way; and of files in
-- the places of clients that were taken for something else.
select
  imports.import_id,
  imports.path
from imports
inner join files on files.name = imports.path
where
  imports.import_id <> files.import_id
  and (
    imports.digest = files.digest
    or (
      (imports.digest is null or files.digest is null)
      and imports.size = files.size
      and imports.modified_ns = files.modified_ns
    )
    or (files.is_placed and imports.source <> files.source)
  )
  and (
    imports.source <> files.source
    or imports.adapter_version <> files.adapter_version
    or imports.reading <> files.reading
  )
