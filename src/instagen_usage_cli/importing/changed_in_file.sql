-- The affected requests, each of them told by one file, and not known before.
create temp table changed as
select * exclude (path)
from merged('said_in_file');
