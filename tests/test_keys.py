"""`usage keys`: peaks worked out by hand and by brute force, limits, and what is not known."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

HEAD = "time,access key,model,status,http status,input tokens,output tokens,cost,latency (ms)\n"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def keys(run: Run, tmp_path: Path) -> Callable[..., Outcome]:
    """Import a log, then ask."""

    def ask(text: str, *arguments: str, name: str = "log.csv") -> Outcome:
        if text:
            (tmp_path / name).write_text(text, "utf-8")
            assert run("import", tmp_path / name, "--source-tz", "UTC").code == 0
        return run("keys", *arguments)

    return ask


def call(after: float, key: str = "k", duration: object = 1000, tokens: int = 10, **more: object) -> str:
    cells = {"status": "ok", "code": 200, "cost": "0.5"} | more
    time = (NOON + timedelta(seconds=after)).isoformat(timespec="milliseconds")
    return f"{time},{key},m,{cells['status']},{cells['code']},{tokens},{tokens},{cells['cost']},{duration}\n"


def rows(outcome: Outcome) -> dict[str, dict[str, Any]]:
    assert outcome.code == 0, outcome.err
    return {row["access_key"]: row for row in outcome.json["rows"]}


def test_by_hand(keys: Callable[..., Outcome]) -> None:
    log = HEAD + "".join(
        (
            call(0, "a", 5000, 100),  # runs until 12:00:05
            call(3, "a", 5000, 200),  # with it from 12:00:03 on
            call(5, "a", 1000, 300),  # begins as the first ends: with the second only
            call(61, "a", "", 50),  # the next minute; how long is unknown
            call(62, "b", 500, 7, status="failed", code=429, cost="0"),
            call(63, "b", 500, 7, status="failed", code=500, cost="0"),
            call(86400, "b", 500, 7),
        )
    )
    outcome = keys(log, "--last", "7d", "--format", "json")
    found = rows(outcome)
    a, b = found["a"], found["b"]
    assert (a["requests"], a["failed_requests"], a["cost_usd"]) == (4, 0, 2)
    assert (a["peak_requests_per_minute"], a["peak_requests_per_minute_at"]) == (3, "2026-11-20T12:00:00+00:00")
    assert (a["peak_tokens_per_minute"], a["peak_tokens_per_minute_at"]) == (1200, "2026-11-20T12:00:00+00:00")
    assert (a["peak_concurrent_requests"], a["peak_concurrent_requests_at"]) == (2, "2026-11-20T12:00:03+00:00")
    assert (a["first_used_at"], a["last_used_at"]) == ("2026-11-20T12:00:00+00:00", "2026-11-20T12:01:01+00:00")
    assert a["days_since_last_used"] == 2  # until 2026-11-23T12:00 it is not yet the third
    assert (b["requests"], b["failed_requests"], b["rate_limited_requests"]) == (3, 2, 1)
    assert b["days_since_last_used"] == 2
    # Over all keys: three of a and none of b in the first minute; three in the second.
    total = outcome.json["total"]
    assert (total["requests"], total["peak_requests_per_minute"], total["peak_concurrent_requests"]) == (7, 3, 2)
    assert outcome.json["instagen"]["documented_per_ip"] == 1000
    assert outcome.json["instagen"]["used_pct"] == 0.2
    assert outcome.json["peaks_of"] == {"single_requests": 7, "timed_requests": 6}
    shown = keys("").out
    assert (
        "Peak of 2 concurrent requests to InstaGen at 2026-11-20 12:00, 0.2 % of its documented 1,000 per IP" in shown
    )
    assert "known for 6 of 7 requests" in shown


def test_the_peak_over_all_keys_is_not_the_sum_of_theirs(keys: Callable[..., Outcome]) -> None:
    log = HEAD + call(0, "a") + call(0.1, "a") + call(10, "b") + call(10.1, "b") + call(10.2, "a")
    outcome = keys(log, "--format", "json")
    peaks = {key: row["peak_concurrent_requests"] for key, row in rows(outcome).items()}
    assert peaks == {"a": 2, "b": 2}
    assert outcome.json["total"]["peak_concurrent_requests"] == 3


def test_only_requests_to_instagen_stand_beside_its_limit(run: Run, tmp_path: Path) -> None:
    for name, provider, number in (("one", "instagen", 2), ("other", "elsewhere", 5)):
        log = tmp_path / f"{name}.csv"
        log.write_text(HEAD + "".join(call(place / 10, name, tokens=900 + number) for place in range(number)), "utf-8")
        assert run("import", log, "--set", f"provider={provider}").code == 0
    found = run("keys", "--format", "json").json
    assert found["total"]["peak_concurrent_requests"] == 7
    assert found["instagen"]["peak_concurrent_requests"] == 2


def test_requests_without_a_key_and_secrets(keys: Callable[..., Outcome]) -> None:
    secret = "sk-" + "a1B2" * 12
    found = rows(keys(HEAD + call(0, "") + call(1, secret), "--format", "json"))
    assert None in found
    [hashed] = [key for key in found if key]
    assert len(hashed) == 12
    assert int(hashed, 16) >= 0


def test_a_statement_has_requests_and_no_peaks(keys: Callable[..., Outcome]) -> None:
    statement = "date,access key,requests,tokens,cost\n2026-11-19,k,50,500,1\n2026-11-20,k,70,700,2\n"
    outcome = keys(statement, "--format", "json")
    row = rows(outcome)["k"]
    assert (row["requests"], row["cost_usd"]) == (120, 3)
    assert [row[name] for name in row if name.startswith("peak_")] == [None] * 6
    assert outcome.json["instagen"] is None
    assert "Peaks are unknown" in keys("").out


def test_limits_and_headroom(keys: Callable[..., Outcome], tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        "[limits.a]\nrequests_per_minute = 4\nconcurrent_requests = 1\n"
        '[limits."*"]\ntokens_per_minute = 80\n[limits.gone]\nrequests_per_minute = 1\n',
        "utf-8",
    )
    log = HEAD + call(0, "a") + call(0.5, "a") + call(1, "b")
    outcome = keys(log, "--format", "json")
    found = rows(outcome)
    assert found["a"]["requests_per_minute_limit"] == 4
    assert found["a"]["requests_per_minute_headroom_pct"] == 50
    assert found["a"]["concurrent_headroom_pct"] == -100  # two at once where one is allowed
    assert found["a"]["tokens_per_minute_headroom_pct"] is None  # its own limits are all it has
    assert found["b"]["tokens_per_minute_headroom_pct"] == 75  # 20 of 80
    assert found["b"]["requests_per_minute_limit"] is None
    shown = keys("").out
    assert "-100.0 %" in shown
    assert "The config has limits for 1 key without requests in this window." in shown


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("limits = 3\n", "[limits.NAME] must be a table"),
        ("[limits.a]\nrequests = 3\n", "not 'requests'"),
        ("[limits.a]\nrequests_per_minute = 0\n", "a whole number of at least 1, not 0"),
        ('[limits.a]\ntokens_per_minute = "many"\n', "not 'many'"),
        ("[limits.a]\nconcurrent_requests = true\n", "not True"),
    ],
)
def test_wrong_limits_are_one_line(keys: Callable[..., Outcome], tmp_path: Path, text: str, says: str) -> None:
    assert keys(HEAD + call(0)).code == 0
    (tmp_path / "config.toml").write_text(text, "utf-8")
    outcome = keys("")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (1, "", 1)
    assert says in outcome.err


def test_a_saved_mapping_keeps_the_limits(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("# mine\n[limits.a]\nrequests_per_minute = 4\n", "utf-8")
    (tmp_path / "log.csv").write_text(HEAD + call(0), "utf-8")
    assert run("import", tmp_path / "log.csv", "--map", "model=model", "--save-map", "dash").code == 0
    text = (tmp_path / "config.toml").read_text("utf-8")
    assert "# mine\n[limits.a]\nrequests_per_minute = 4\n" in text
    assert "[map.dash]" in text


def test_every_format_says_the_same(keys: Callable[..., Outcome]) -> None:
    log = HEAD + call(0, "a") + call(1, "b", "", status="failed", code=429)
    found = rows(keys(log, "--format", "json"))
    for row in csv.DictReader(io.StringIO(keys("", "--format", "csv").out)):
        theirs = found[row["access_key"]]
        assert list(row) == list(theirs)
        assert {name: cell or None for name, cell in row.items()} == {
            name: None if value is None else str(value) for name, value in theirs.items()
        }


def test_an_empty_window(keys: Callable[..., Outcome]) -> None:
    outcome = keys(HEAD + call(0), "--period", "2025-01")
    assert (outcome.code, outcome.err.count("\n")) == (0, 1)
    assert "no requests in 2025-01-01 00:00" in outcome.err


# --- concurrency, by brute force ----------------------------------------------------------------------

spans = st.lists(
    st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(0, 15)), st.sampled_from("ab")),
    min_size=1,
    max_size=25,
)


def most_at_once(calls: Sequence[tuple[int, int]]) -> tuple[int | None, int | None]:
    """The most half-open spans that hold one moment, and the first such moment: it is where one of them begins."""
    best: tuple[int | None, int | None] = (None, None)
    for begin, _ in sorted(calls):
        number = sum(start <= begin < start + length for start, length in calls)
        if best[0] is None or number > best[0]:
            best = (number, begin)
    return best


@settings(
    max_examples=12,
    derandomize=True,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(calls=spans)
def test_concurrency_is_exact(
    run: Run, tmp_path_factory: pytest.TempPathFactory, calls: list[tuple[int, int | None, str]]
) -> None:
    folder = tmp_path_factory.mktemp("spans")
    log = HEAD + "".join(
        call(begin / 1000, key, "" if length is None else length, place)
        for place, (begin, length, key) in enumerate(calls)
    )
    (folder / "log.csv").write_text(log, "utf-8")
    assert run("import", folder / "log.csv", "--db", folder / "usage.duckdb").code == 0
    outcome = run("keys", "--db", folder / "usage.duckdb", "--format", "json")
    timed = [(begin, length, key) for begin, length, key in calls if length]
    everybody: list[tuple[str | None, dict[str, Any]]] = [(None, outcome.json["total"]), *rows(outcome).items()]
    for who, said in everybody:
        number, begin = most_at_once([(start, length) for start, length, key in timed if who in (None, key)])
        assert said["peak_concurrent_requests"] == number
        at = said["peak_concurrent_requests_at"]
        assert (at and datetime.fromisoformat(at)) == (None if begin is None else NOON + timedelta(milliseconds=begin))
