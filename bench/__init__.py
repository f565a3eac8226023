"""Speed, memory and size of the program, measured against bare DuckDB and bare Python in the same run."""
