-- What each file says of an affected request, where each of these is told by one file and none is known.
create temp view said_in_file as
select staged_requests.* exclude (place)
from staged_requests
semi join affected on affected.request_key = staged_requests.request_key;
