"""When the clocks of a zone change: windows and buckets go by one set of rules, whatever the system has installed."""

from __future__ import annotations

import csv
import io
import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from instagen_usage_cli import errors, zones

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

HOUR = timedelta(hours=1)
# Zones that change in the night, at midnight, by half an hour, twice for Ramadan, never again, or never did.
ZONES = [
    "America/New_York", "America/Havana", "America/Vancouver", "America/Santiago", "America/Sao_Paulo",
    "America/Scoresbysund", "Europe/Paris", "Europe/Istanbul", "Atlantic/Azores", "Africa/Cairo", "Africa/Casablanca",
    "Asia/Beirut", "Asia/Kolkata", "Asia/Pyongyang", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kiritimati",
    "Etc/GMT+12", "Etc/UTC", "America/St_Johns", "Antarctica/Casey", "Asia/Hebron",
]  # fmt: skip


# Every ten minutes of 17 years DuckDB says how a clock is ahead of UTC, and so where it changes; of those moments, all
# that are within two days of a change, and each noon.
AROUND_CHANGES = """
with told as (
  select
    t,
    t at time zone 'UTC' at time zone $zone as shown,
    shown - t as ahead,
    lag(ahead) over (order by t) as ahead_before
  from generate_series($since, $until, $step) as each (t)
),
days as (
  select distinct t::date + near as day
  from told
  cross join unnest([-2, -1, 0, 1, 2]) as each (near)
  where ahead <> ahead_before
)
select t, shown
from told
where t::date in (from days) or t = t::date + interval 12 hours
order by t
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ZONES)
def test_the_clock_of_a_zone_is_that_of_duckdb(name: str) -> None:
    """Every ten minutes of 17 years: around all changes in DuckDB, and at noon of every other day.

    The other moments would prove nothing new. DuckDB's clock goes on evenly between them, for it is looked at every ten
    minutes, and so does ours, which has one rule until its next change: where both are right at two noons, and ours
    were not in between, it would have changed its clocks there and back within a day.
    """
    zone = zones.named(name)
    assert zone.key == name
    import duckdb  # noqa: TID251 - asked for what it knows

    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        between = {"since": datetime(2011, 1, 1), "until": datetime(2028, 1, 1), "step": HOUR / 6}  # noqa: DTZ001
        told = connection.execute(AROUND_CHANGES, {"zone": name, **between}).fetchall()
    assert len(told) > 6000
    wrong = [
        (moment, shown)
        for moment, shown in told
        if moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None) != shown
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["Europe/Paris", "Asia/Kolkata", "Etc/GMT+12"])
def test_before_and_after_all_that_is_asked_a_zone_stays_as_it_is(name: str) -> None:
    zone, system = zones.named(name), zoneinfo.ZoneInfo(name)
    for year in (1971, 2090):
        assert datetime(year, 1, 10, tzinfo=zone).utcoffset() == datetime(2026, 1, 10, tzinfo=system).utcoffset()


def test_a_zone_that_nobody_knows_is_refused(run: Run) -> None:
    with pytest.raises(errors.UnknownZone):
        zones.named("Mars/Olympus")
    outcome = run("stats", "--tz", "Mars/Olympus")
    assert (outcome.code, outcome.out) == (2, "")
    assert "there is no time zone 'Mars/Olympus'" in outcome.err


@pytest.fixture
def other_rules(tmp_path: Path) -> Iterator[None]:
    """A system whose Paris never changes its clocks, and that has a zone of which DuckDB knows nothing."""
    folder = tmp_path / "zoneinfo"
    for name, ahead in {"Europe/Paris": 3600, "Mars/Olympus": 3600, "UTC": 0}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(zones.rules_file([], ahead))
    zoneinfo.reset_tzpath([str(folder)])
    zoneinfo.ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()


@pytest.mark.usefixtures("other_rules")
@pytest.mark.parametrize("report", ["stats", "trends"])
def test_windows_and_buckets_agree_where_the_system_knows_other_rules(run: Run, tmp_path: Path, report: str) -> None:
    """As when a law has changed the clocks and only one of the two has heard of it."""
    start = datetime(2026, 3, 1, tzinfo=UTC)
    lines = [f"{start + number * HOUR / 2:%Y-%m-%dT%H:%M:%SZ},1\n" for number in range(48 * 60)]
    (tmp_path / "log.csv").write_text("time,tokens\n" + "".join(lines), "utf-8")
    run("import", tmp_path / "log.csv")
    window = ("--every", "day", "--since", "2026-03-28", "--until", "2026-03-30", "--tz", "Europe/Paris")
    measure = ("--measure", "tokens") if report == "trends" else ()
    rows = csv.DictReader(io.StringIO(run(report, *window, *measure, "--format", "csv").out))
    assert [(row["bucket"], row["total_tokens"], row["partial"]) for row in rows] == [
        ("2026-03-28", "48", "false"),
        ("2026-03-29", "46", "false"),
        ("2026-03-30", "48", "false"),
    ]


@pytest.mark.usefixtures("other_rules")
def test_a_zone_that_only_the_system_knows_is_refused(run: Run) -> None:
    outcome = run("stats", "--tz", "Mars/Olympus")
    assert (outcome.code, outcome.out) == (2, "")
    assert "there is no time zone 'Mars/Olympus'" in outcome.err
