"""`usage keys`: peaks worked out by hand and by brute force, limits, and what is not known."""

from __future__ import annotations

import csv
import io
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagen_usage_cli.output.columns import percent
from tests.support.ledgers import few
from tests.support.requests import store_requests

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

HEAD = "time,access key,model,status,http status,input tokens,output tokens,cost_usd,latency (ms)\n"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def keys(run: Run, import_text: Run) -> Callable[..., Outcome]:
    """Import a log, then ask."""

    def ask(text: str, *arguments: str, name: str = "log.csv") -> Outcome:
        if text:
            assert import_text(text, name, "--source-tz", "UTC").code == 0
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
    statement = "date,access key,requests,tokens,cost_usd\n2026-11-19,k,50,500,1\n2026-11-20,k,70,700,2\n"
    outcome = keys(statement, "--format", "json")
    row = rows(outcome)["k"]
    assert (row["requests"], row["cost_usd"]) == (120, 3)
    assert [row[name] for name in row if name.startswith("peak_")] == [None] * 6
    assert outcome.json["instagen"] is None
    assert "Peaks are unknown" in keys("").out


def test_a_statement_says_when_a_key_was_used_only_by_its_span(keys: Callable[..., Outcome]) -> None:
    statement = (
        "date,access key,requests,tokens,cost_usd\n"
        "2026-11-20,a,5,50,1\n"
        "2026-11-23,b,5,50,1\n"
        "2026-11-18,c,5,50,1\n2026-11-22,c,0,0,0\n"
    )
    outcome = keys(statement, "--format", "json")
    found = rows(outcome)
    days = {key: (row["last_used_at"][:10], row["days_since_last_used"]) for key, row in found.items()}
    # The 20th ends 2.5 days before now; the 23rd is not over; a day of 0 requests is no use.
    assert days == {"a": ("2026-11-20", 2), "b": ("2026-11-23", 0), "c": ("2026-11-18", 4)}
    assert found["c"]["first_used_at"] == found["c"]["last_used_at"]
    assert "The last use of 3 keys is known only from a statement" in keys("").out


def test_requests_and_statements_together(keys: Callable[..., Outcome]) -> None:
    keys(HEAD + call(0, "a") + call(1, "a", 500))
    day = "date,access key,requests,tokens,cost_usd\n2026-11-21,a,40,900,3\n"  # a day of which the log has nothing
    outcome = keys(day, "--format", "json", name="day.csv")
    row = rows(outcome)["a"]
    assert (row["requests"], row["total_tokens"], row["cost_usd"]) == (42, 940, 4)
    assert (row["peak_requests_per_minute"], row["peak_tokens_per_minute"]) == (2, 40)
    assert row["peak_concurrent_requests"] == 1  # the first ends as the second begins
    assert outcome.json["peaks_of"] == {"single_requests": 2, "timed_requests": 2}
    assert "of 2 single requests (statements have no peaks)" in keys("").out


def test_a_429_is_known_by_its_status_or_its_error(run: Run, tmp_path: Path) -> None:
    lines = [
        ("status", "a", "failed", "429", "Whatever"),
        ("error alone", "a", "failed", "", "RateLimitError"),
        ("written otherwise", "a", "failed", "", "rate_limit_exceeded"),
        ("another error", "a", "failed", "500", "RateLimitError"),
        ("unknown", "b", "failed", "", ""),
        ("good", "b", "ok", "", ""),
        ("known and unknown", "c", "failed", "429", ""),
        ("known and unknown", "c", "failed", "", "Timeout"),
        ("no failure", "d", "ok", "", ""),
    ]
    (tmp_path / "log.csv").write_text(
        "time,access key,status,http status,error type,tokens\n"
        + "".join(
            f"{(NOON + timedelta(seconds=second)).isoformat()},{key},{status},{code},{error},1\n"
            for second, (_, key, status, code, error) in enumerate(lines)
        ),
        "utf-8",
    )
    assert run("import", tmp_path / "log.csv").code == 0
    outcome = run("keys", "--format", "json")
    known = {key: row["rate_limited_requests"] for key, row in rows(outcome).items()}
    assert known == {"a": 3, "b": None, "c": 1, "d": 0}
    assert outcome.json["total"]["rate_limited_requests"] == 4
    assert outcome.json["unexplained_failures"] == 2
    assert "429s: 2 failed requests do not say the HTTP status, so there may be more." in run("keys").out


def test_tokens_that_are_unknown_make_no_peak(keys: Callable[..., Outcome]) -> None:
    bare = HEAD.replace(",input tokens,output tokens", "")
    lines = "".join(f"{(NOON + timedelta(seconds=place)).isoformat()},k,m,ok,200,0.5,10\n" for place in range(2))
    row = rows(keys(bare + lines, "--format", "json"))["k"]
    assert (row["peak_requests_per_minute"], row["peak_tokens_per_minute"]) == (2, None)
    assert row["peak_tokens_per_minute_at"] is None


def test_of_equal_peaks_the_first_is_named(keys: Callable[..., Outcome]) -> None:
    log = HEAD + "".join(call(after, duration=100, tokens=5) for after in (300, 300.05, 60, 60.05, 120, 120.05))
    row = rows(keys(log, "--format", "json"))["k"]
    assert row["peak_requests_per_minute_at"] == "2026-11-20T12:01:00+00:00"
    assert row["peak_tokens_per_minute_at"] == "2026-11-20T12:01:00+00:00"
    assert row["peak_concurrent_requests_at"] == "2026-11-20T12:01:00.050000+00:00"


def test_a_peak_is_told_in_the_zone_and_is_the_same_in_every_one(keys: Callable[..., Outcome]) -> None:
    keys(HEAD + call(59) + call(60) + call(61))
    for zone, clock in (("UTC", "12:01:00+00:00"), ("Asia/Kathmandu", "17:46:00+05:45")):
        row = rows(keys("", "--format", "json", "--tz", zone))["k"]
        assert (row["peak_requests_per_minute"], row["peak_requests_per_minute_at"]) == (2, f"2026-11-20T{clock}")


def test_filters_and_windows_choose_what_peaks_are_of(keys: Callable[..., Outcome]) -> None:
    keys(HEAD + call(0, "a") + call(0.1, "a") + call(0.2, "b") + call(-86400, "c"))
    of_a = keys("", "--key", "a", "--format", "json")
    assert (list(rows(of_a)), of_a.json["total"]["peak_concurrent_requests"]) == (["a"], 2)
    that_day = keys("", "--since", "2026-11-20", "--format", "json")
    assert (sorted(rows(that_day)), that_day.json["total"]["peak_concurrent_requests"]) == (["a", "b"], 3)
    assert "keys not used in it are not listed" in keys("", "--since", "2026-11-20").out
    assert "not listed" not in keys("", "--period", "all").out


def test_a_log_in_two_parts_is_the_log(keys: Callable[..., Outcome], run: Run, tmp_path: Path) -> None:
    calls = [call(after, "ab"[after % 2], 1000 * after) for after in range(20)]
    for name, part in (("second.csv", calls[11:]), ("first.csv", calls[:11])):
        (tmp_path / name).write_text(HEAD + "".join(part), "utf-8")
        assert run("import", tmp_path / name, "--db", tmp_path / "parts.duckdb").code == 0
    whole = keys(HEAD + "".join(calls), "--format", "csv")
    assert whole.out == run("keys", "--db", tmp_path / "parts.duckdb", "--format", "csv").out
    assert whole.out.count("\n") == 3


def test_limits_and_headroom(keys: Callable[..., Outcome], tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        "[limits.a]\nrequests_per_minute = 4\nconcurrent_requests = 1\n"
        '[limits."*"]\ntokens_per_minute = 80\n[limits.gone]\nrequests_per_minute = 1\n',
        "utf-8",
    )
    log = HEAD + call(0, "a") + call(0.5, "a") + call(1, "b") + call(2, "")
    outcome = keys(log, "--format", "json")
    found = rows(outcome)
    [keyless] = [row for row in outcome.json["rows"] if row["access_key"] is None]
    assert [keyless[name] for name in keyless if name.endswith("_limit")] == [None] * 3
    assert found["a"]["requests_per_minute_limit"] == 4
    assert found["a"]["requests_per_minute_headroom_pct"] == 50
    assert found["a"]["concurrent_headroom_pct"] == -100  # two at once where one is allowed
    assert found["a"]["tokens_per_minute_headroom_pct"] is None  # its own limits are all it has
    assert found["b"]["tokens_per_minute_headroom_pct"] == 75  # 20 of 80
    assert found["b"]["requests_per_minute_limit"] is None
    shown = keys("").out
    assert "-100.0 %" in shown
    assert "The config has limits for 1 key without requests in this window." in shown


def test_columns_of_limits_are_there_for_programs_and_shown_where_there_are_any(
    keys: Callable[..., Outcome], tmp_path: Path
) -> None:
    assert "Free" not in keys(HEAD + call(0), "--wide").out
    assert "concurrent_headroom_pct" in keys("", "--format", "csv").out
    (tmp_path / "config.toml").write_text('[limits."*"]\nconcurrent_requests = 8\n', "utf-8")
    shown = keys("", "--wide").out
    assert "Free at once" in shown
    assert "Limit at once" in shown
    assert "Free/min" not in shown
    assert "87.5 %" in shown  # 1 of 8 in use


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (-0.02, "-<0.1 %"),
        (0.02, "<0.1 %"),
        (0.0, "0.0 %"),
        (-99.97, "-100.0 %"),
        (-150.0, "-150.0 %"),
        (99.97, ">99.9 %"),
    ],
)
def test_a_share_below_nothing_is_not_nothing(value: float, shown: str) -> None:
    assert percent(value) == shown


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("limits = 3\n", "[limits.NAME] must be a table"),
        ("[limits]\nrequests_per_minute = 3\n", "[limits.NAME] must be a table"),
        ("[limits.a]\nrequests = 3\n", "not 'requests'"),
        ("[limits.a]\ntokens_per_minute = 1.5\n", "not 1.5"),
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


def assert_exact(said: dict[str, Any], calls: Sequence[tuple[int, int]], unit: timedelta) -> None:
    number, begin = most_at_once(calls)
    assert said["peak_concurrent_requests"] == number
    at = said["peak_concurrent_requests_at"]
    assert (at and datetime.fromisoformat(at)) == (None if begin is None else NOON + begin * unit)


def timed_request(after: float, duration_ms: int | None, key: str, provider: str = "instagen") -> dict[str, Any]:
    """What is stored of a request that began so many seconds after noon."""
    return {
        "started_at": (NOON + timedelta(seconds=after)).replace(tzinfo=None),
        "provider": provider,
        "host": None,
        "model": "m",
        "service_tier": None,
        "access_key": key,
        "status": "ok",
        "input_tokens": 10,
        "output_tokens": 10,
        "duration_ms": duration_ms,
    }


@few(12)
@given(calls=spans)
def test_concurrency_is_exact(
    run: Run, tmp_path_factory: pytest.TempPathFactory, calls: list[tuple[int, int | None, str]]
) -> None:
    database = tmp_path_factory.mktemp("spans") / "usage.duckdb"
    store_requests(database, [timed_request(begin / 1000, length, key) for begin, length, key in calls])
    outcome = run("keys", "--db", database, "--format", "json")
    timed = [(begin, length, key) for begin, length, key in calls if length]
    everybody: list[tuple[str | None, dict[str, Any]]] = [(None, outcome.json["total"]), *rows(outcome).items()]
    for who, said in everybody:
        assert_exact(
            said, [(start, length) for start, length, key in timed if who in (None, key)], timedelta(milliseconds=1)
        )


@few(10)
@given(
    seed=st.integers(0, 2**32),
    number=st.integers(1, 300),
    seconds=st.sampled_from([60, 600, 7200]),
    longest=st.sampled_from([5, 120, 3600]),
    step=st.sampled_from([1, 10, 60]),
)
def test_concurrency_is_exact_where_much_overlaps(
    run: Run, tmp_path_factory: pytest.TempPathFactory, seed: int, number: int, seconds: int, longest: int, step: int
) -> None:
    """Enough at once that time is cut into slots; whole steps make many begin and end at the same instant."""
    folder, dice = tmp_path_factory.mktemp("busy"), random.Random(seed)  # noqa: S311 - made-up traffic
    calls = [
        (
            dice.randrange(seconds) // step * step,
            dice.choice([None, 0, dice.randrange(longest), dice.randrange(longest) // step * step]),
            dice.choice("aab"),
            dice.choice(["instagen", "instagen", "elsewhere"]),
        )
        for _ in range(number)
    ]
    database = folder / "usage.duckdb"
    store_requests(
        database,
        [
            timed_request(begin, None if length is None else length * 1000, key, provider)
            for begin, length, key, provider in calls
        ],
    )
    outcome = run("keys", "--db", database, "--format", "json")
    timed = [(begin, length, key, provider) for begin, length, key, provider in calls if length]
    second = timedelta(seconds=1)
    assert_exact(outcome.json["total"], [(each[0], each[1]) for each in timed], second)
    for who, said in rows(outcome).items():
        assert_exact(said, [(begin, length) for begin, length, key, _ in timed if key == who], second)
    to_instagen = [(begin, length) for begin, length, _, provider in timed if provider == "instagen"]
    if to_instagen:
        assert_exact(outcome.json["instagen"], to_instagen, second)
    else:
        assert outcome.json["instagen"] is None
