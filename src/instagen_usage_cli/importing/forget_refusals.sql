-- Forget which records DuckDB refused in earlier scans: one without any is not noted, and theirs would be taken for its own.
drop table if exists reject_errors;
drop table if exists reject_scans;
