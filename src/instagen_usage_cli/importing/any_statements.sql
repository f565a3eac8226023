-- Whether some file is a statement.
select coalesce(bool_or(is_statement), false)
from files
