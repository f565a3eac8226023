"""`usage forecast` through the front door: what is known of the month, up to when, and what the columns say."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.conftest import Outcome

DAY = timedelta(days=1)
# The clock of the tests is 2026-11-23T12:00Z.
NO_REQUEST = ("--status", "error")  # the logs have none


def log(times: Iterable[datetime], cost: str = "0.5", model: str = "m") -> str:
    lines = (f"{time:%Y-%m-%dT%H:%M:%SZ},{model},1000,500,{cost}\n" for time in times)
    return "time,model,input tokens,output tokens,cost_usd\n" + "".join(lines)


def daily(first: datetime, number: int) -> list[datetime]:
    return [first + DAY * day for day in range(number)]


@pytest.fixture
def forecast(run: Callable[..., Outcome], import_text: Callable[..., Outcome]) -> Callable[..., Outcome]:
    """Import the logs, then ask."""

    def ask(logs: Iterable[str], *arguments: str) -> Outcome:
        for number, text in enumerate(logs):
            outcome = import_text(text, f"{number}.csv", "--source-tz", "UTC")
            assert outcome.code == 0, outcome.err
        return run("forecast", *arguments)

    return ask


def rows(outcome: Outcome) -> list[dict[str, Any]]:
    assert outcome.code == 0, outcome.err
    found = outcome.json["rows"]
    assert isinstance(found, list)
    return found


def test_the_same_every_day(forecast: Callable[..., Outcome]) -> None:
    # 06:00 every day since October 1st: today has gone on for a quarter when the log ends
    outcome = forecast([log(daily(datetime(2026, 10, 1, 6, tzinfo=UTC), 54))], "--format", "json")
    (row,) = rows(outcome)
    assert row["month"] == "2026-11"
    assert row["to_date_usd"] == 11.5  # 23 days
    assert row["burn_rate_usd_per_day"] == pytest.approx(0.5)
    assert row["run_rate_usd_per_month"] == pytest.approx(15)
    assert row["projected_usd"] == pytest.approx(11.5 + 0.75 * 0.5 + 7 * 0.5)
    assert row["low_usd"] <= row["projected_usd"] <= row["high_usd"]
    assert row["method"] == "weekday"
    assert outcome.json["as_of"] == "2026-11-23T06:00:00+00:00"
    assert outcome.json["total"]["to_date_usd"] == 11.5


def test_to_date_is_the_sum_that_stats_says_to_the_last_digit(
    run: Callable[..., Outcome], forecast: Callable[..., Outcome]
) -> None:
    log_ = log(daily(datetime(2026, 11, 2, 8, tzinfo=UTC), 20), cost="0.000123456789")
    found = forecast([log_], "--format", "csv")
    stats = run("stats", "--period", "this-month", "--format", "csv")
    said = [next(csv.DictReader(io.StringIO(outcome.out))) for outcome in (found, stats)]
    assert said[0]["to_date_usd"] == said[1]["cost_usd"] == "0.00246913578"


def test_less_than_a_week_is_a_plain_average(forecast: Callable[..., Outcome]) -> None:
    # Midnight to midnight: 19th, 20th, 21st and 22nd are complete, today began with a request
    times = daily(datetime(2026, 11, 19, tzinfo=UTC), 5)
    outcome = forecast([log(times)])
    assert "a plain average of 4 complete days" in outcome.out
    assert "no range yet" in outcome.out


def test_the_first_day_of_the_imports_is_not_complete(forecast: Callable[..., Outcome]) -> None:
    outcome = forecast([log(daily(datetime(2026, 11, 19, 0, 0, 1, tzinfo=UTC), 5))])
    assert "a plain average of 3 complete days" in outcome.out


def test_days_behind_the_end_of_the_imports_are_unknown_not_idle(forecast: Callable[..., Outcome]) -> None:
    # The log ends on the 12th at 12:00. Those days without a record are no days without use.
    times = [*daily(datetime(2026, 10, 1, 6, tzinfo=UTC), 43), datetime(2026, 11, 12, 12, tzinfo=UTC)]
    outcome = forecast([log(times)], "--format", "json")
    (row,) = rows(outcome)
    assert row["to_date_usd"] == 6.5
    assert row["burn_rate_usd_per_day"] == pytest.approx(0.5)
    assert row["projected_usd"] == pytest.approx(6.5 + 18 * 0.5, rel=0.1)
    assert "The imports end 2026-11-12 12:00" in forecast([]).out


def test_idle_days_within_the_imports_are_zero(forecast: Callable[..., Outcome]) -> None:
    times = [datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 23, 11, tzinfo=UTC)]
    (row,) = rows(forecast([log(times, cost="2.2")], "--format", "json"))
    assert row["complete_days"] >= 14
    assert row["burn_rate_usd_per_day"] == 0
    assert row["to_date_usd"] == 4.4


def test_nothing_of_this_month(forecast: Callable[..., Outcome]) -> None:
    outcome = forecast([log(daily(datetime(2026, 10, 1, 6, tzinfo=UTC), 20))])
    assert outcome.code == 0
    assert outcome.err == "usage: nothing is known of November 2026: the imports end 2026-10-20 06:00\n"
    assert "no request fits the filters" in forecast([log([datetime(2026, 11, 20, tzinfo=UTC)])], *NO_REQUEST).err
    assert "no request fits the filters" in forecast([], "--provider", "nobody*").err


def test_without_a_price_the_cost_is_unknown_and_the_rest_is_not(forecast: Callable[..., Outcome]) -> None:
    text = log(daily(datetime(2026, 11, 1, tzinfo=UTC), 23), cost="")
    (row,) = rows(forecast([text], "--format", "json"))
    assert [row[name] for name in ("to_date_usd", "projected_usd", "low_usd", "burn_rate_usd_per_day")] == [None] * 4
    (row,) = rows(forecast([], "--measure", "tokens", "--format", "json"))
    assert row["to_date_tokens"] == 23 * 1500
    (row,) = rows(forecast([], "--measure", "requests", "--format", "json"))
    assert row["to_date_requests"] == 23
    assert "Not in the cost: 23 requests without a price (m)." in forecast([]).out


def test_days_that_are_not_known_have_no_bar(forecast: Callable[..., Outcome]) -> None:
    """The month begins unknown; then there are 3 days with requests, 2 without, and today."""
    times = [*daily(datetime(2026, 11, 18, tzinfo=UTC), 3), datetime(2026, 11, 23, 11, tzinfo=UTC)]
    assert f"│ {' ' * 17}███▁▁█ " in forecast([log(times)]).out


def test_days_of_unknown_cost_have_no_bar(forecast: Callable[..., Outcome]) -> None:
    out = forecast([log(daily(datetime(2026, 11, 1, tzinfo=UTC), 23), cost="")]).out
    assert "Month to date" in out
    assert not set(out) & set("▁█")


def test_the_first_day_in_part_is_in_the_projection_as_in_the_month_to_date(forecast: Callable[..., Outcome]) -> None:
    once = log([datetime(2026, 11, 10, 10, tzinfo=UTC)], cost="500")
    outcome = forecast([once, log(daily(datetime(2026, 11, 11, 6, tzinfo=UTC), 13), cost="1")], "--format", "json")
    (row,) = rows(outcome)
    assert row["to_date_usd"] == 513
    assert row["projected_usd"] == pytest.approx(513 + 7.75)
    assert 513 <= row["low_usd"] <= row["projected_usd"] <= row["high_usd"]


def test_days_of_unknown_cost_are_not_idle(forecast: Callable[..., Outcome]) -> None:
    priced = log(daily(datetime(2026, 11, 1, tzinfo=UTC), 15))
    unpriced = log(daily(datetime(2026, 11, 16, tzinfo=UTC), 8), cost="", model="x")
    (row,) = rows(forecast([priced, unpriced], "--format", "json"))
    assert [row[name] for name in ("projected_usd", "low_usd", "burn_rate_usd_per_day")] == [None] * 3
    assert (row["to_date_usd"], row["method"]) == (7.5, "none")
    out = forecast([]).out
    assert "Projection: none, because too few of the last complete days have a known cost." in out
    assert "8 days of unknown cost are left out: between 2026-11-16 and 2026-11-23." in out


def test_single_days_of_unknown_cost_are_left_out(forecast: Callable[..., Outcome]) -> None:
    times = daily(datetime(2026, 10, 1, tzinfo=UTC), 54)
    gap = times.pop(-5)
    outcome = forecast([log(times), log([gap], cost="", model="x")])
    (row,) = rows(forecast([], "--format", "json"))
    assert "1 day of unknown cost is left out: 2026-11-19." in outcome.out
    assert row["burn_rate_usd_per_day"] == pytest.approx(0.5)
    assert row["projected_usd"] == pytest.approx(0.5 * 22 + 0.5 * 8)
    assert row["complete_days"] == 52


def test_a_row_leaves_out_its_own_days_of_unknown_cost(forecast: Callable[..., Outcome]) -> None:
    priced = log(daily(datetime(2026, 10, 1, tzinfo=UTC), 54))
    partly = log(daily(datetime(2026, 10, 1, 1, tzinfo=UTC), 48), model="x")
    unpriced = log(daily(datetime(2026, 11, 18, 1, tzinfo=UTC), 5), cost="", model="x")
    found = rows(forecast([priced, partly, unpriced], "--by", "model", "--format", "json"))
    assert {row["model"]: row["method"] for row in found} == {"m": "weekday", "x": "none"}
    out = forecast([], "--by", "model").out
    assert "A row leaves out its own days of unknown cost." in out
    assert "of unknown cost are left out" not in out


MONTHLY = "date,provider,model,requests,tokens,cost_usd\n" + "".join(
    f"2026-{month:02},p,m,10,100,5\n" for month in range(6, 12)
)


def test_statements_longer_than_a_day_tell_nothing_of_their_days(forecast: Callable[..., Outcome]) -> None:
    (row,) = rows(forecast([MONTHLY], "--format", "json"))
    names = ("projected_usd", "low_usd", "high_usd", "burn_rate_usd_per_day", "run_rate_usd_per_month")
    assert [row[name] for name in names] == [None] * 5
    assert (row["to_date_usd"], row["complete_days"], row["method"]) == (5, 0, "none")
    out = forecast([]).out
    assert "Projection: none, because statements longer than a day tell nothing of their days." in out
    assert not set(out) & set("▁█")
    replayed = forecast([], "--backtest")
    assert (replayed.code, replayed.err) == (0, "usage: statements longer than a day tell nothing of their days\n")


def test_a_series_without_such_statements_is_projected(forecast: Callable[..., Outcome]) -> None:
    single = log(daily(datetime(2026, 10, 1, 6, tzinfo=UTC), 54), model="single")
    found = rows(forecast([MONTHLY, single], "--by", "model", "--format", "json"))
    assert {row["model"]: row["method"] for row in found} == {"single": "weekday", "m": "none"}


def test_each_model_by_itself(forecast: Callable[..., Outcome]) -> None:
    large = log(daily(datetime(2026, 10, 1, 6, tzinfo=UTC), 54), model="large")
    small = log(daily(datetime(2026, 10, 1, 6, tzinfo=UTC), 54), cost="0.1", model="small")
    gone = log(daily(datetime(2026, 10, 1, 6, tzinfo=UTC), 3), model="gone")
    found = rows(forecast([large, small, gone], "--by", "model", "--format", "json"))
    assert [(row["model"], row["to_date_usd"]) for row in found] == [("large", 11.5), ("small", 2.3)]
    assert found[1]["projected_usd"] == pytest.approx(2.3 + 7.75 * 0.1)


def test_the_month_is_that_of_the_zone(forecast: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USAGE_NOW", "2026-11-30T13:00:00Z")  # December 1st, 03:00 on Kiritimati
    times = [*daily(datetime(2026, 10, 20, 6, tzinfo=UTC), 41), datetime(2026, 11, 30, 12, tzinfo=UTC)]
    assert rows(forecast([log(times)], "--format", "json"))[0]["month"] == "2026-11"
    (row,) = rows(forecast([], "--tz", "Pacific/Kiritimati", "--format", "json"))
    assert (row["month"], row["to_date_usd"]) == ("2026-12", 0.5)


def test_a_day_that_is_stated_is_known_to_its_end(forecast: Callable[..., Outcome]) -> None:
    lines = (f"{datetime(2026, 11, 1, tzinfo=UTC) + DAY * day:%Y-%m-%d},m,10,100,0.3\n" for day in range(22))
    text = "date,model,requests,tokens,cost_usd\n" + "".join(lines)
    outcome = forecast([text], "--format", "json")
    (row,) = rows(outcome)
    assert outcome.json["as_of"] == "2026-11-23T00:00:00+00:00"
    assert row["to_date_usd"] == pytest.approx(6.6)
    assert row["projected_usd"] == pytest.approx(9.0)  # 30 days


def test_backtest_of_the_same_every_day(forecast: Callable[..., Outcome]) -> None:
    times = daily(datetime(2026, 7, 1, tzinfo=UTC), 145)
    outcome = forecast([log(times)], "--backtest", "--format", "json")
    found = rows(outcome)
    assert [(row["month"], row["day"]) for row in found] == [
        (month, day) for month in ("2026-07", "2026-08", "2026-09", "2026-10") for day in (5, 10, 20)
    ]
    for row in found:
        days = 30 if row["month"] == "2026-09" else 31
        assert row["actual_usd"] == pytest.approx(days * 0.5)
        assert row["projected_usd"] == pytest.approx(row["actual_usd"])
        assert row["naive_usd"] == pytest.approx(row["actual_usd"])
        assert row["error_change_pct"] == pytest.approx(0, abs=1e-9)
    assert [line["months"] for line in outcome.json["summary"]] == [4, 4, 4]


def test_backtest_replays_only_what_was_known(forecast: Callable[..., Outcome]) -> None:
    # A day of $10 on October 25th: at none of October's checkpoints anyone could have known
    times = daily(datetime(2026, 8, 1, tzinfo=UTC), 114)
    calm = rows(forecast([log(times)], "--backtest", "--format", "json"))
    spike = log([datetime(2026, 10, 25, 12, tzinfo=UTC)], cost="10")
    found = rows(forecast([spike], "--backtest", "--format", "json"))
    assert [row["projected_usd"] for row in found] == [row["projected_usd"] for row in calm]
    assert found[-1]["actual_usd"] == pytest.approx(31 * 0.5 + 10)
    assert found[-1]["error_change_pct"] == pytest.approx((15.5 - 25.5) / 25.5 * 100)


def test_backtest_without_a_complete_month(forecast: Callable[..., Outcome]) -> None:
    outcome = forecast([log(daily(datetime(2026, 10, 2, tzinfo=UTC), 53))], "--backtest")
    assert (outcome.code, outcome.err) == (0, "usage: no past month is complete in the imports\n")


def test_backtest_of_nothing(forecast: Callable[..., Outcome]) -> None:
    outcome = forecast([log(daily(datetime(2026, 9, 1, tzinfo=UTC), 84))], "--backtest", *NO_REQUEST)
    assert (outcome.code, outcome.err) == (0, "usage: no request fits the filters\n")
    assert "$0.00" not in outcome.out


def test_backtest_leaves_out_months_with_days_of_unknown_cost(forecast: Callable[..., Outcome]) -> None:
    unpriced = log([datetime(2026, 9, 9, 12, tzinfo=UTC)], cost="", model="x")
    times = [time for time in daily(datetime(2026, 8, 1, tzinfo=UTC), 114) if (time.month, time.day) != (9, 9)]
    found = rows(forecast([log(times), unpriced], "--backtest", "--format", "json"))
    assert {row["month"] for row in found} == {"2026-08", "2026-10"}
    assert "A month that has a day of unknown cost is not replayed." in forecast([], "--backtest").out


def test_backtest_without_a_known_month(forecast: Callable[..., Outcome]) -> None:
    alone = forecast([log(daily(datetime(2026, 9, 1, tzinfo=UTC), 84), cost="")], "--backtest")
    assert alone.err == "usage: no past month is complete in the imports, with a known cost of each day\n"


def test_every_format_says_the_same(forecast: Callable[..., Outcome]) -> None:
    logs = [log(daily(datetime(2026, 9, 1, 6, tzinfo=UTC), 84))]
    (row,) = rows(forecast(logs, "--format", "json"))
    plain = next(csv.DictReader(io.StringIO(forecast([], "--format", "csv").out)))
    assert list(plain) == list(row)
    assert {name: Decimal(plain[name]) for name in plain if name.endswith(("_usd", "_day", "_month"))} == {
        name: Decimal(str(value)) for name, value in row.items() if name.endswith(("_usd", "_day", "_month"))
    }
