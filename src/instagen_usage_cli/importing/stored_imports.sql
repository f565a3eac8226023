-- One row per file of this import, as it was booked.
select imports.*
from imports
semi join files on files.import_id = imports.import_id
order by imports.import_id
