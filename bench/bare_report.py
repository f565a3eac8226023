"""The yardstick for reports: the shortest honest SQL for the question, in a process that imports the same libraries.

    python bare_report.py FILE.duckdb stats|trends|models|keys|forecast SINCE UNTIL

SINCE and UNTIL are UTC times. It reads the tables `requests` and `prices` of a store with list prices only (no own
prices, aliases, size classes or statements), in one scan where one is enough, and prints a rich table. What a report
of the program takes is divided by what this takes: interleaved runs of whole processes, same file, same duckdb.
"""

from __future__ import annotations

import sys

import duckdb  # noqa: TID251, TID253 - bare
import rich.console  # noqa: TID253 - the program needs it too
import rich.table  # noqa: TID253
import typer  # noqa: F401 - the program needs it too

SUMS = """
with sums as (
  select provider, model, access_key, started_at::date as day, count(*) as requests,
         count(*) filter (status = 'error') as failed, sum(input_tokens)::bigint as input,
         sum(cache_read_tokens)::bigint as cached, sum(output_tokens)::bigint as output,
         sum(reported_cost_usd) as reported
  from requests where started_at >= $since and started_at < $until group by all
),
costed as (
  select sums.*, coalesce(reported, sums.input * prices.input + sums.output * prices.output) as cost
  from sums
  left join prices on prices.provider = sums.provider and prices.model = sums.model
    and day >= coalesce(prices.effective_from, timestamp '1970-01-01')
    and day < coalesce(prices.effective_until, timestamp '9999-01-01')
)
"""
BY_MODEL = """
select model, sum(requests), sum(failed), sum(input), sum(output), sum(cost) as cost
from costed group by all order by cost desc
"""
LATENCY = """
select model, quantile_cont(duration_ms, [0.5, 0.95, 0.99]), quantile_cont(ttft_ms, 0.5)
from requests where started_at >= $since and started_at < $until and status = 'ok' group by all
"""
BY_KEY = "select access_key, sum(requests), sum(failed), sum(cost) as cost from costed group by all order by cost desc"
PEAKS = """
select access_key, max(n), max(tokens) from (
  select access_key, date_trunc('minute', started_at) as minute, count(*) as n,
         sum(input_tokens + output_tokens) as tokens
  from requests where started_at >= $since and started_at < $until group by all
) group by all
"""
CONCURRENCY = """
select max(running) from (
  select sum(change) over (order by moment, change) as running from (
    select started_at as moment, 1 as change
    from requests where started_at >= $since and started_at < $until
    union all
    select started_at + to_milliseconds(duration_ms), -1
    from requests where started_at >= $since and started_at < $until
  )
)
"""
BY_DAY = "select day, sum(requests), sum(cost) from costed group by all order by day"
COST_BY_DAY = "select day, sum(cost) from costed group by all order by day"
QUESTIONS = {
    "stats": [SUMS + BY_MODEL],
    "trends": [SUMS + BY_DAY],
    "forecast": [SUMS + COST_BY_DAY],
    "models": [SUMS + BY_MODEL, LATENCY],
    "keys": [SUMS + BY_KEY, PEAKS, CONCURRENCY],
}


def main(file: str, question: str, since: str, until: str) -> None:
    connection = duckdb.connect(file, read_only=True)
    connection.execute("set TimeZone = 'UTC'")
    console = rich.console.Console()
    for text in QUESTIONS[question]:
        rows = connection.execute(text, {"since": since, "until": until}).fetchall()
        table = rich.table.Table(*("" for _ in rows[0]) if rows else ())
        for row in rows:
            table.add_row(*map(str, row))
        console.print(table)


if __name__ == "__main__":
    main(*sys.argv[1:])
