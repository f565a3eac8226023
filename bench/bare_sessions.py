"""The yardstick of sessions: a process that imports duckdb and sums their answers up by model and day, storing nothing.

Its argument is the pattern of the files.
"""

from __future__ import annotations

import sys

STATEMENT = """
select
  message.model,
  timestamp::date as day,
  count(*),
  sum(message.usage.input_tokens),
  sum(message.usage.output_tokens),
  sum(message.usage.cache_read_input_tokens),
  sum(message.usage.cache_creation_input_tokens)
from read_json(
  $pattern,
  format = 'newline_delimited',
  columns = {
    type: 'varchar',
    timestamp: 'timestamp',
    sessionId: 'varchar',
    requestId: 'varchar',
    message: 'struct(
      id varchar,
      model varchar,
      usage struct(
        input_tokens bigint,
        output_tokens bigint,
        cache_read_input_tokens bigint,
        cache_creation_input_tokens bigint
      )
    )'
  }
)
where type = 'assistant'
group by all
"""


def main(pattern: str) -> None:
    import duckdb  # noqa: TID251 - bare

    with duckdb.connect() as connection:
        rows = connection.execute(STATEMENT, {"pattern": pattern}).fetchall()
    print(sum(count for _, _, count, *_ in rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
