"""`usage prices`: what holds and by which line, one's own list, what is wrong with it; costs worked out by hand."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from instagen_usage_cli import errors, prices
from instagen_usage_cli.prices import foreign, lines, own
from instagen_usage_cli.prices.lines import Line

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

FOREIGN = Path(__file__).parent / "prices"
LITELLM = FOREIGN / "litellm_1_109_1.json"
MODELS_DEV = FOREIGN / "models_dev.json"
HEAD = ",".join(lines.COLUMNS)
# A million tokens in and out per request, so that a cost is the sum of the prices.
LOG = """Time,Model,Input Tokens,Output Tokens
2026-09-20T10:00:00Z,openai/gpt-oss-120b,1000000,1000000
2026-10-20T10:00:00Z,openai/gpt-oss-120b,1000000,1000000
2026-11-20T10:00:00Z,openai/gpt-oss-120b,1000000,1000000
2026-11-23T10:00:00Z,openai/gpt-oss-120b,1000000,1000000
2026-11-23T11:00:00Z,submodel/zai-org/GLM-4.5-Air,1000000,1000000
2026-11-23T11:00:00Z,mystery,1000000,1000000
"""
GPT = "openai/gpt-oss-120b"
DAY = date(2026, 11, 23)


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """One's own list, which is not there yet."""
    return tmp_path / "prices.csv"


@pytest.fixture
def stored(import_text: Run, tmp_path: Path) -> Path:
    """A database with six requests."""
    assert import_text(LOG).code == 0
    return tmp_path / "usage.duckdb"


def table(outcome: Outcome) -> list[dict[str, str]]:
    assert outcome.code == 0, outcome.err
    return list(csv.DictReader(io.StringIO(outcome.out)))


def rows(path: Path) -> list[dict[str, str]]:
    """The lines of a price list, only with what they say."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: cell for name, cell in line.items() if cell} for line in csv.DictReader(file)]


def said(path: Path) -> list[str]:
    """The lines of a price list, in short."""
    return [
        " ".join(
            line.get(name, "–")
            for name in ("provider", "model", "input_above", "input", "effective_from", "effective_until")
        )
        for line in rows(path)
    ]


def written(path: Path, *cells: str) -> Path:
    path.write_text("\n".join([HEAD, *cells, ""]), "utf-8")
    return path


def line(**cells: str) -> str:
    return ",".join(cells.get(name, "") for name in lines.COLUMNS)


def months(run: Run, *arguments: str) -> dict[str, str]:
    """What `usage stats` says that the model cost in each month."""
    found = run("stats", "--period", "all", "--every", "month", "--model", GPT, "--format", "csv", *arguments)
    return {row["bucket"][:7]: row["cost_usd"] for row in table(found)}


# --- what holds ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("stored")
def test_the_list_in_force_names_prices_and_their_line(run: Run) -> None:
    found = table(run("prices", "--format", "csv"))
    assert [row["model"] for row in found] == ["mystery", GPT, "submodel/zai-org/GLM-4.5-Air"]
    assert {name: cell for name, cell in found[1].items() if cell} == {
        "provider": "instagen",
        "host": "llm.submodel.ai",
        "model": GPT,
        "list_model": GPT,
        "input_usd_per_million": "0.1",
        "output_usd_per_million": "0.5",
        "effective_from": "2025-08-25",
        "price_list": "instagen.csv",
        "line": "12",
        "is_own": "false",
        "checked_on": "2026-11-22",
    }
    shipped = next(path for path in prices.catalogue().shipped if path.name == "instagen.csv")
    assert GPT in shipped.read_text("utf-8").splitlines()[12 - 1]
    assert (found[0]["gap"], found[0]["price_list"], found[0]["input_usd_per_million"]) == ("model", "", "")
    assert (found[2]["list_model"], found[2]["line"]) == ("zai-org/GLM-4.5-Air", "13")


@pytest.mark.usefixtures("stored")
def test_the_table_for_people_says_unit_gap_and_what_to_do(run: Run) -> None:
    out = run("prices").out
    assert "2026-11-23 (UTC), US dollars per million tokens" in out
    assert "Input $/M" in out
    assert "Output $/M" in out
    assert [text for text in ("0.10", "0.50", "instagen.csv", "not listed") if text not in out] == []
    assert "1 of 3 has no price; usage prices check says how to set one." in out


@pytest.mark.usefixtures("stored")
def test_every_format_has_the_same_columns(run: Run) -> None:
    from_csv = table(run("prices", "--format", "csv"))
    from_json = run("prices", "--format", "json").json
    assert [list(row) for row in from_json["rows"]] == [list(row) for row in from_csv]
    assert (from_json["report"], from_json["at"], from_json["unit"]) == (
        "prices",
        "2026-11-23",
        "US dollars per million tokens",
    )
    assert from_json["catalogue"]["digest"] == prices.catalogue().digest
    assert len(run("prices", "--format", "jsonl").out.splitlines()) == 3
    assert "| not listed |" in run("prices", "--format", "markdown").out


@pytest.mark.usefixtures("stored")
def test_the_list_of_another_day(run: Run) -> None:
    before = table(run("prices", "--at", "2025-08-24", "--format", "csv"))
    assert {row["gap"] for row in before} == {"day", "model"}
    first = table(run("prices", "--at", "2025-08-25", "--model", GPT, "--format", "csv"))
    assert (first[0]["input_usd_per_million"], first[0]["gap"]) == ("0.1", "")
    assert "not listed for that day" in run("prices", "--at", "2025-08-24").out


@pytest.mark.usefixtures("stored")
def test_globs_narrow_the_list(run: Run) -> None:
    assert [row["model"] for row in table(run("prices", "--model", "*oss*", "--format", "csv"))] == [GPT]
    assert len(table(run("prices", "--provider", "inst*", "--format", "csv"))) == 3
    nothing = run("prices", "--provider", "nobody", "--format", "csv")
    assert (nothing.code, nothing.out.count("\n")) == (0, 1)
    assert nothing.err == "usage: no price matches on 2026-11-23\n"


def test_a_forgotten_name_is_not_in_use(run: Run, import_text: Run) -> None:
    import_text(
        "time,model,tier,tokens\n2026-11-20T10:00:00Z,gone,batch,1\n2026-11-20T10:00:00Z,left,,1\n", "first.csv"
    )
    import_text("time,model,tier,tokens\n2026-11-20T11:00:00Z,left,,1\n", "second.csv")
    assert [row["model"] for row in table(run("prices", "--format", "csv"))] == ["gone", "left"]
    assert run("forget", "1").code == 0
    assert [row["model"] for row in table(run("prices", "--format", "csv"))] == ["left"]


def test_everything_in_the_lists_takes_no_database(run: Run, tmp_path: Path) -> None:
    assert run("prices").code == 1
    found = table(run("prices", "--all", "--provider", "instagen", "--format", "csv"))
    assert len(found) == 11 - 1
    assert {row["effective_until"] for row in found} == {""}
    assert len(table(run("prices", "--all", "--format", "csv"))) > 2000
    on = table(run("prices", "--all", "--provider", "instagen", "--at", "2025-08-24", "--format", "csv"))
    assert {row["effective_until"] for row in on} == {"2025-08-25"}
    assert not (tmp_path / "usage.duckdb").exists()


def test_no_price_is_no_number(run: Run) -> None:
    found = table(run("prices", "--all", "--provider", "instagen", "--model", GPT, "--format", "csv"))
    assert (found[0]["cache_read_usd_per_million"], found[0]["cache_write_5m_usd_per_million"]) == ("", "")


# --- one model ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("stored")
def test_the_history_of_a_model_has_all_its_lines_and_the_one_that_holds(run: Run, mine: Path) -> None:
    run("prices", "set", GPT, "--input", "0.2", "--output", "0.8")
    found = [row for row in table(run("prices", "show", GPT, "--format", "csv")) if row["provider"] == "instagen"]
    assert [(row["price_list"], row["line"], row["is_own"], row["in_use"]) for row in found] == [
        ("prices.csv", "2", "true", "true"),
        ("instagen.csv", "12", "false", "false"),
    ]
    shown = run("prices", "show", GPT)
    assert shown.code == 0
    assert (
        "In use at instagen on llm.submodel.ai: line 2 of prices.csv (your own list) on 2026-11-23,"
        f" for {GPT} of instagen (the exact id, the provider by the host)." in shown.out
    )
    assert mine.exists()


@pytest.mark.usefixtures("stored")
def test_a_name_in_use_says_which_id_it_goes_by(run: Run) -> None:
    shown = run("prices", "show", "submodel/zai-org/GLM-4.5-Air")
    assert (
        "line 13 of instagen.csv on 2026-11-23, for zai-org/GLM-4.5-Air of instagen (the id behind a prefix"
        in shown.out
    )
    unlisted = run("prices", "show", "mystery")
    assert (unlisted.code, unlisted.err) == (0, "usage: no price list has mystery\n")
    assert "In use at instagen on llm.submodel.ai: no price, not listed." in unlisted.out


def test_a_model_that_nobody_knows(run: Run) -> None:
    unknown = run("prices", "show", "gpt-oss-12")
    assert (unknown.code, unknown.out) == (1, "")
    assert "did you mean " in unknown.err
    assert run("prices", "show", GPT).code == 0
    assert "No request in the database names it." in run("prices", "show", GPT).out


def test_names_are_found_by_alias_and_host(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(
        '{"time": "2026-11-23T10:00:00Z", "model": "gemini/gemini-2.5-pro", "provider": "gemini", "input_tokens": 1}\n',
        "utf-8",
    )
    assert run("import", log).code == 0
    found = run("prices", "show", "gemini/gemini-2.5-pro", "--format", "json").json["in_use"]
    assert [(each["provider_by"], each["list_provider"], each["model_by"], each["input_above"]) for each in found] == [
        ("alias", "google", "prefix", None),
        ("alias", "google", "prefix", 200_000),
    ]


# --- set ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("stored")
def test_a_price_of_ones_own_counts_at_once_and_only_from_its_day(run: Run) -> None:
    """0.10 + 0.50 = 0.60 by the list; 1 + 2 = 3 from November 21 on: 0.60 + 3 = 3.60."""
    assert months(run) == {"2026-09": "0.6", "2026-10": "0.6", "2026-11": "1.2"}
    assert run("prices", "set", GPT, "--input", "1", "--output", "2", "--from", "2026-11-21").code == 0
    assert months(run) == {"2026-09": "0.6", "2026-10": "0.6", "2026-11": "3.6"}
    assert run("prices", "set", GPT, "--input", "0", "--output", "0", "--from", "2026-11-21").code == 0
    assert months(run) == {"2026-09": "0.6", "2026-10": "0.6", "2026-11": "0.6"}


def test_set_writes_the_line_and_says_so(run: Run, mine: Path) -> None:
    answer = run("prices", "set", GPT, "--input", "0.20", "--output", "0.8")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.splitlines() == [
        f"{mine}, line 2: {GPT} of instagen, from 2026-11-23: input 0.20, output 0.80 US dollars per million.",
        "The provider is instagen, as none was said (--provider NAME for another).",
    ]
    assert rows(mine) == [
        {
            "provider": "instagen",
            "model": GPT,
            "input": "0.20",
            "output": "0.8",
            "effective_from": "2026-11-23",
            "checked_on": "2026-11-23",
            "source": "usage prices set",
        }
    ]


def test_everything_that_can_be_said_of_a_price(run: Run, mine: Path) -> None:
    run("prices", "set", "m", "--input", "1", "--host", "h", "--tier", "flex", "--from", "2026-01-01")
    arguments = "--output 2 --cache-read 0.1 --cache-write-5m 1.25 --cache-write-1h 2.5 --reasoning 3 --per-request 5"
    place = "--provider submodel --host h --tier flex --from 2026-01-01 --until 2026-03-31"
    assert run("prices", "set", "m", "--input", "1", *arguments.split(), *place.split()).code == 0
    assert rows(mine)[-1] == {
        "provider": "instagen",
        "host": "h",
        "model": "m",
        "tier": "flex",
        "input": "1",
        "output": "2",
        "cache_read": "0.1",
        "cache_write_5m": "1.25",
        "cache_write_1h": "2.5",
        "reasoning": "3",
        "per_request": "5",
        "effective_from": "2026-01-01",
        "effective_until": "2026-04-01",
        "checked_on": "2026-11-23",
        "source": "usage prices set",
    }
    assert "provider" not in rows(mine)[0]


def test_other_names_of_a_provider_and_a_tier_are_written_as_what_they_stand_for(run: Run, mine: Path) -> None:
    run("prices", "set", "g", "--input", "1", "--provider", "gemini", "--tier", "on_demand")
    assert (rows(mine)[0]["provider"], rows(mine)[0].get("tier")) == ("google", None)


@pytest.mark.usefixtures("stored")
def test_another_name_of_a_model_is_written_as_its_id_so_that_no_earlier_cost_is_lost(run: Run, mine: Path) -> None:
    name = "submodel/zai-org/GLM-4.5-Air"
    answer = run("prices", "set", name, "--input", "1", "--output", "2", "--from", "2026-11-24")
    assert said(mine) == ["instagen zai-org/GLM-4.5-Air – 1 2026-11-24 –"]
    assert f"In the price lists, {name} is another name of zai-org/GLM-4.5-Air." in answer.out
    (row,) = table(run("stats", "--period", "all", "--model", name, "--format", "csv"))
    assert row["cost_usd"] == "0.6"


@pytest.mark.parametrize(
    ("provider", "model", "meant"),
    [
        ("anthropic", "claude-opus-4-1-20250805", "claude-opus-4-1"),
        ("anthropic", "anthropic/claude-opus-4-1-20250805", "claude-opus-4-1"),
        ("anthropic", "anthropic/claude-opus-4-1", "claude-opus-4-1"),
        ("instagen", "openai/gpt-oss-120b", "openai/gpt-oss-120b"),
        ("instagen", "claude-opus-4-1-20250805", "claude-opus-4-1-20250805"),
        ("nobody", "anthropic/claude-opus-4-1", "anthropic/claude-opus-4-1"),
    ],
)
def test_names_of_models_stand_for_what_requests_are_looked_up_by(
    run: Run, mine: Path, tmp_path: Path, provider: str, model: str, meant: str
) -> None:
    run("prices", "set", model, "--input", "1", "--output", "1", "--provider", provider, "--from", "2026-11-23")
    assert rows(mine)[0]["model"] == meant
    log = tmp_path / "log.jsonl"
    log.write_text(
        f'{{"time": "2026-11-23T10:00:00Z", "model": "{model}", "provider": "{provider}", "input_tokens": 1}}\n',
        "utf-8",
    )
    assert run("import", log).code == 0
    (row,) = table(run("prices", "--format", "csv"))
    assert (row["list_model"], row["price_list"], row["line"]) == (meant, "prices.csv", "2")


def test_a_price_without_output_says_what_it_lacks(run: Run) -> None:
    assert "It has no price for output" in run("prices", "set", "m", "--input", "1").out


def test_an_open_line_is_closed_at_the_start_of_the_new_one(run: Run, mine: Path) -> None:
    run("prices", "set", "m", "--input", "1", "--from", "2026-01-01")
    answer = run("prices", "set", "m", "--input", "2", "--from", "2026-06-01")
    assert said(mine) == [
        "instagen m – 1 2026-01-01 2026-06-01",
        "instagen m – 2 2026-06-01 –",
    ]
    assert "; line 2 (from 2026-01-01) ends there." in answer.out


def test_a_line_of_the_same_day_is_replaced(run: Run, mine: Path) -> None:
    run("prices", "set", "m", "--input", "1", "--from", "2026-01-01")
    answer = run("prices", "set", "m", "--input", "2", "--from", "2026-01-01")
    assert said(mine) == ["instagen m – 2 2026-01-01 –"]
    assert "it replaces input 1.00 US dollars per million, from the same day" in answer.out


def test_a_later_line_ends_the_new_one(run: Run, mine: Path) -> None:
    run("prices", "set", "m", "--input", "2", "--from", "2026-06-01")
    answer = run("prices", "set", "m", "--input", "1", "--from", "2026-01-01", "--until", "2026-12-31")
    assert said(mine) == [
        "instagen m – 1 2026-01-01 2026-06-01",
        "instagen m – 2 2026-06-01 –",
    ]
    assert "until 2026-06-01 (not included)" in answer.out


def test_a_line_between_two_others(run: Run, mine: Path) -> None:
    for day, usd in (("2026-01-01", "1"), ("2026-09-01", "3"), ("2026-05-01", "2")):
        run("prices", "set", "m", "--input", usd, "--from", day)
    assert said(mine) == [
        "instagen m – 1 2026-01-01 2026-05-01",
        "instagen m – 2 2026-05-01 2026-09-01",
        "instagen m – 3 2026-09-01 –",
    ]


def test_the_same_again_changes_nothing_but_when_it_was_checked(
    run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("prices", "set", "m", "--input", "1", "--output", "2")
    before = mine.read_text("utf-8")
    monkeypatch.setenv("USAGE_NOW", "2026-12-24T00:00:00Z")
    answer = run("prices", "set", "m", "--input", "1.0", "--output", "2")
    assert "your list says so already" in answer.out
    assert mine.read_text("utf-8") == before.replace("2026-11-23,usage", "2026-12-24,usage")


def test_places_do_not_touch_each_other(run: Run, mine: Path) -> None:
    for place in ([], ["--provider", "openai"], ["--host", "h"], ["--tier", "flex"]):
        run("prices", "set", "m", "--input", "1", "--from", "2026-01-01", *place)
        run("prices", "set", "m", "--input", "2", "--from", "2026-06-01", *place)
    assert len(rows(mine)) == 8
    assert [line.get("effective_until") for line in rows(mine)] == ["2026-06-01", None] * 4


def test_a_price_for_large_requests_stands_beside_the_one_for_all(run: Run, mine: Path) -> None:
    run("prices", "set", "m", "--input", "1", "--from", "2026-01-01")
    answer = run(
        *("prices", "set", "m", "--input", "5", "--input-above", "200000"),
        *("--from", "2026-06-01", "--until", "2026-06-30"),
    )
    assert said(mine) == [
        "instagen m – 1 2026-01-01 2026-06-01",
        "instagen m – 1 2026-06-01 2026-07-01",
        "instagen m 200000 5 2026-06-01 2026-07-01",
        "instagen m – 1 2026-07-01 –",
    ]
    assert "line 3 goes on for smaller requests" in answer.out
    run("prices", "set", "m", "--input", "6", "--input-above", "200000", "--from", "2026-06-01")
    assert said(mine)[2] == "instagen m 200000 6 2026-06-01 2026-07-01"
    run("prices", "set", "m", "--input", "2", "--from", "2026-06-01")
    assert said(mine)[1:3] == ["instagen m – 2 2026-06-01 2026-07-01", "instagen m 200000 6 2026-06-01 2026-07-01"]
    later = run("prices", "set", "m", "--input", "3", "--from", "2026-06-15")
    assert said(mine)[1:4] == [
        "instagen m – 2 2026-06-01 2026-06-15",
        "instagen m 200000 6 2026-06-01 2026-06-15",
        "instagen m – 3 2026-06-15 2026-07-01",
    ]
    assert "line 4 (from 2026-06-01 above 200,000 input tokens) ends there" in later.out


@pytest.mark.usefixtures("stored")
def test_large_requests_cost_what_their_line_says(run: Run) -> None:
    """Requests of a million input tokens are above 200,000: 2 + 4 = 6, from November 21 on: 0.60 + 6 = 6.60."""
    run("prices", "set", GPT, "--input", "1", "--output", "2", "--from", "2026-11-21")
    run("prices", "set", GPT, "--input", "2", "--output", "4", "--from", "2026-11-21", "--input-above", "200000")
    assert months(run)["2026-11"] == "6.6"
    found = table(run("prices", "--model", GPT, "--format", "csv"))
    assert [(row["input_above"], row["input_usd_per_million"]) for row in found] == [("", "1"), ("200000", "2")]


REFUSED = [
    ("--input -1", "--input '-1' is negative"),
    ("--input free", "--input 'free' is not a number; write US dollars per million, such as 0.2"),
    ("--input 0,2", "--input '0,2' has an unknown unit"),
    ("--input $0.2", "--input '$0.2' has an unknown unit"),
    ("--input 0.2/1k", "has an unknown unit"),
    ("--input nan", "'nan' is not a number"),
    ("--input ''", "--input '' is not a number"),
    ("--input 0.0000001", "more than six decimals"),
    ("--input 1000000", "is 1,000,000 dollars per million or more"),
    ("--cache-write-1h -1", "--cache-write-1h '-1' is negative"),
    ("", "it has no price; 0 is free"),
    ("--input 1 --from 2026-02-30", "--from does not understand '2026-02-30'"),
    ("--input 1 --from tomorrow", "--from does not understand 'tomorrow'"),
    ("--input 1 --until 01.02.2026", "--until does not understand '01.02.2026'"),
    ("--input 1 --from 2026-02-01 --until 2026-01-31", "its last day 2026-01-31 is before its first, 2026-02-01"),
    ("--input 1 --input-above 0", "--input-above"),
    ("--input 1 --input-above 5 --provider openai", "m of openai has no price of yours for 2026-11-23"),
    ("--input 1 --provider ''", "it names neither a provider nor a host"),
    ("--input 1 --tier $'a\\nb'", "tier 'a\\nb' has marks that cannot be shown"),
]


@pytest.mark.parametrize(("arguments", "says"), REFUSED)
def test_what_is_no_price_is_refused_and_the_list_stays(run: Run, mine: Path, arguments: str, says: str) -> None:
    import shlex

    run("prices", "set", "m", "--input", "7")
    before = mine.read_bytes()
    words = [word.replace("$a\\nb", "a\nb") for word in shlex.split(arguments)]
    refused = run("prices", "set", "m", *words)
    assert (refused.code, refused.out) == (2, "")
    assert says in refused.err
    assert refused.err.count("\n") == 1
    assert mine.read_bytes() == before


def test_no_name_is_refused(run: Run, mine: Path) -> None:
    assert "it names no model" in run("prices", "set", " ", "--input", "1").err
    assert not mine.exists()


BROKEN = [
    (line(provider="p", model="m", input="-1"), "line 2: input '-1' is negative"),
    (line(provider="p", model="m", input="cheap"), "line 2: input 'cheap' is not a number"),
    (line(provider="p", model="m", input="0.2/1k"), "line 2: input '0.2/1k' has an unknown unit"),
    (line(provider="p", model="m", input="1", effective_from="2026-02-30"), "line 2: effective_from '2026-02-30' is"),
    (line(provider="p", model="m", input="1", input_above="many"), "line 2: input_above 'many' is not"),
    (line(provider="p", model="m"), "line 2: it has no price"),
    (line(provider="p", model="m", input="1") + ",", "line 2: it has 17 cells, not 16"),
    ("\n".join([line(provider="p", model="m", input="1")] * 2), "line 3: it holds on the same days as line 2 (m)"),
    (line(provider="p", model="m", input="1", input_above="5"), "line 2: a line with input_above needs one without"),
]


@pytest.mark.parametrize(("content", "says"), BROKEN)
@pytest.mark.usefixtures("stored")
def test_a_broken_list_is_refused_with_file_and_line(
    run: Run, mine: Path, tmp_path: Path, content: str, says: str
) -> None:
    run("prices", "set", GPT, "--input", "1", "--output", "1")
    before, costs = mine.read_bytes(), months(run)
    broken = written(tmp_path / "broken.csv", content)
    refused = run("prices", "import", broken)
    assert (refused.code, refused.out) == (1, "")
    assert f"the prices {broken} cannot be used: {says}" in refused.err
    assert (mine.read_bytes(), months(run)) == (before, costs)

    written(mine, content)
    for command in (["stats"], ["prices"], ["prices", "--all"], ["prices", "set", "m", "--input", "1"]):
        refused = run(*command)
        assert (refused.code, refused.out) == (1, "")
        assert f"the prices {mine} cannot be used: {says}" in refused.err
    assert mine.read_text("utf-8") == f"{HEAD}\n{content}\n"


def test_columns_of_others_are_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("model,input_eur\nm,1\n", "utf-8")
    assert "line 1: there is no column 'input_eur'" in run("prices", "import", path).err


def test_a_folder_that_cannot_be_written(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    monkeypatch.setenv("USAGE_PRICES", str(tmp_path / "file" / "prices.csv"))
    refused = run("prices", "set", "m", "--input", "1")
    assert (refused.code, refused.out) == (1, "")
    assert "cannot write" in refused.err


def test_nothing_half_written_stays(run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("prices", "set", "m", "--input", "1")
    before = mine.read_bytes()

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    refused = run("prices", "set", "m", "--input", "2")
    assert refused.err == f"usage: cannot write {mine}: no space left on device\n"
    assert mine.read_bytes() == before
    assert [path.name for path in mine.parent.iterdir() if "part" in path.name] == []


def test_folders_are_made_links_stay_and_so_do_permissions(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, target = tmp_path / "link.csv", tmp_path / "deep" / "er" / "prices.csv"
    link.symlink_to(target)
    monkeypatch.setenv("USAGE_PRICES", str(link))
    assert run("prices", "set", "m", "--input", "1").code == 0
    target.chmod(0o600)
    assert run("prices", "set", "m", "--input", "2", "--from", "2026-12-01").code == 0
    assert (link.is_symlink(), len(rows(target))) == (True, 2)
    assert target.stat().st_mode & 0o777 == 0o600


# --- import -------------------------------------------------------------------------------------------


def test_litellm_is_taken_over(run: Run, mine: Path) -> None:
    answer = run("prices", "import", LITELLM)
    found = foreign.read(LITELLM, on=DAY)
    told = answer.out.splitlines()
    assert told[:3] == [
        f"{LITELLM}: LiteLLM's prices.",
        f"Lines of {mine}: {len(found.lines)} added.",
        "Priced in part: 8 models, with other prices that are not for tokens, or unknown.",
    ]
    assert told[3].startswith(f"Left out: {len(found.left_out)} models: 0 means unknown in this file (2); ")
    assert "; no price (1); priced by input_cost_per_pixel (1)" in told[3]
    assert len(rows(mine)) == len(found.lines) > 25
    flash = next(each for each in rows(mine) if each["model"] == "gemini-2.5-flash")
    assert (flash["provider"], flash["input"], flash["effective_from"]) == ("google", "0.3", "2026-11-23")
    assert {each["provider"] for each in rows(mine)} & {"gemini", "bedrock", "xai"} == set()


def test_models_dev_is_taken_over(run: Run, mine: Path) -> None:
    answer = run("prices", "import", MODELS_DEV, "--provider", "submodel")
    assert f"Lines of {mine}: 9 added." in answer.out
    assert "Left out" not in answer.out
    assert {each["provider"] for each in rows(mine)} == {"instagen"}
    assert "instagen openai/gpt-oss-120b – 0.1 2026-11-23 –" in said(mine)
    mine.unlink()
    run("prices", "import", MODELS_DEV, "--provider", "instagen")
    assert len(rows(mine)) == 9


def test_twice_is_the_same_as_once(run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("prices", "import", LITELLM)
    before = rows(mine)
    assert f"Lines of {mine}: {len(before)} unchanged." in run("prices", "import", LITELLM).out
    assert rows(mine) == before
    monkeypatch.setenv("USAGE_NOW", "2026-12-24T00:00:00Z")
    assert f"Lines of {mine}: {len(before)} unchanged." in run("prices", "import", LITELLM).out
    assert rows(mine) == [each | {"checked_on": "2026-12-24"} for each in before]


def test_a_dry_run_says_the_same_and_writes_nothing(run: Run, mine: Path) -> None:
    dry = run("prices", "import", LITELLM, "--dry-run").out.splitlines()
    assert not mine.exists()
    assert dry[0] == "Nothing is written: this is a dry run."
    assert dry[1:] == run("prices", "import", LITELLM).out.splitlines()


def test_a_list_of_ours_is_merged_into_ones_own(run: Run, mine: Path, tmp_path: Path) -> None:
    run("prices", "set", "m", "--input", "1", "--from", "2026-01-01")
    run("prices", "set", "other", "--input", "9", "--from", "2026-01-01")
    new = written(
        tmp_path / "new.csv",
        line(provider="submodel", model="m", input="0.5", effective_until="2025-06-01"),
        line(provider="submodel", model="m", input="2", effective_from="2026-06-01"),
        line(provider="submodel", model="other", input="9.0", effective_from="2026-01-01"),
    )
    assert "2 added, 1 closed, 1 unchanged." in run("prices", "import", new).out
    assert said(mine) == [
        "instagen m – 0.5 – 2025-06-01",
        "instagen m – 1 2026-01-01 2026-06-01",
        "instagen m – 2 2026-06-01 –",
        "instagen other – 9 2026-01-01 –",
    ]
    assert f"Lines of {mine}: 3 unchanged." in run("prices", "import", new).out


def test_a_whole_day_of_sizes_replaces_the_sizes_of_that_day(run: Run, mine: Path, tmp_path: Path) -> None:
    run("prices", "set", "m", "--input", "1")
    run("prices", "set", "m", "--input", "2", "--input-above", "100")
    new = written(
        tmp_path / "new.csv",
        line(provider="instagen", model="m", input="1.5", effective_from="2026-11-23"),
        line(provider="instagen", model="m", input="3", input_above="200", effective_from="2026-11-23"),
    )
    assert "1 added, 1 replaced, 1 removed." in run("prices", "import", new).out
    assert said(mine) == ["instagen m – 1.5 2026-11-23 –", "instagen m 200 3 2026-11-23 –"]


def test_two_names_of_one_provider_must_agree(run: Run, mine: Path, tmp_path: Path) -> None:
    new = written(
        tmp_path / "new.csv",
        line(provider="gemini", model="same", input="1"),
        line(provider="vertex_ai", model="same", input="1.0"),
        line(provider="gemini", model="other", input="1"),
        line(provider="vertex_ai", model="other", input="2"),
    )
    answer = run("prices", "import", new)
    assert said(mine) == ["google same – 1 – –"]
    assert (
        "Left out: 2 models: its prices contradict each other: gemini other and vertex_ai other are the same (2)."
        in answer.out
    )


def test_the_exact_id_comes_before_its_other_names(run: Run, mine: Path, tmp_path: Path) -> None:
    new = written(
        tmp_path / "new.csv",
        line(provider="anthropic", model="claude-opus-4-1-20250805", input="3", output="9"),
        line(provider="anthropic", model="claude-opus-4-1", input="2", output="9"),
        line(provider="anthropic", model="anthropic/claude-opus-4-1", input="2", output="9"),
        line(provider="anthropic", model="claude-sonnet-4-20250514", input="4", output="9"),
        line(provider="anthropic", model="claude-haiku-4-5", input="4"),
    )
    answer = run("prices", "import", new)
    assert said(mine) == ["anthropic claude-opus-4-1 – 2 – –", "anthropic claude-sonnet-4-0 – 4 – –"]
    assert "it is another name of claude-opus-4-1, which has other prices (1)" in answer.out
    # A price for input alone takes no place of a full one without a word.
    assert "it has no price for output, which the list in force has (1)" in answer.out


def test_a_json_of_nobody_is_refused(run: Run, mine: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"a": \n{"litellm_provider": "p",\n "input_cost_per_token": -1}}', "utf-8")
    refused = run("prices", "import", path)
    assert (refused.code, mine.exists()) == (1, False)
    assert f"the prices {path} cannot be used: line 3: " in refused.err


# --- check --------------------------------------------------------------------------------------------


def checked(run: Run) -> list[tuple[str, ...]]:
    outcome = run("prices", "check", "--format", "csv")
    found = [tuple(row.values()) for row in csv.DictReader(io.StringIO(outcome.out))]
    assert outcome.code == (3 if found else 0)
    return found


@pytest.fixture
def sound(run: Run, stored: Path) -> Path:
    """A database whose prices are in order."""
    run("prices", "set", "mystery", "--input", "1", "--output", "1", "--from", "2026-01-01")
    return stored


@pytest.mark.usefixtures("stored")
def test_models_without_a_price_are_found(run: Run) -> None:
    assert checked(run) == [("unpriced", "mystery", "instagen", "1 request without a price: not listed", "", "")]
    shown = run("prices", "check")
    assert shown.code == 3
    assert "usage prices set mystery --provider instagen --input … --output …" in shown.out


def test_what_to_set_is_what_would_be_used(run: Run, tmp_path: Path) -> None:
    """The interface of OpenAI on a host that nobody knows, and a tier that no list has."""
    log = tmp_path / "log.jsonl"
    log.write_text(
        '{"time": "2026-11-23T10:00:00Z", "model": "my-own", "provider": "openai", "host": "gpu.lan", "input": 1}\n'
        '{"time": "2026-11-23T11:00:00Z", "model": "gpt-5", "provider": "openai", "service_tier": "rush", "input": 1}',
        "utf-8",
    )
    assert run("import", log).code == 0
    shown = run("prices", "check").out
    advised = [line.split()[3:] for line in shown.splitlines() if "usage prices set" in line]
    assert sorted(advised) == [
        ["gpt-5", "--provider", "openai", "--tier", "rush", "--input", "…", "--output", "…", "--from", "2026-11-23"],
        ["my-own", "--host", "gpu.lan", "--input", "…", "--output", "…", "--from", "2026-11-23"],
    ]
    for words in advised:
        run("prices", "set", *(word.replace("…", "1") for word in words))
    assert run("prices", "check").code == 0


@pytest.mark.usefixtures("stored")
def test_a_class_of_tokens_without_a_price_is_found_with_its_line(run: Run, mine: Path) -> None:
    run("prices", "set", "mystery", "--input", "1", "--from", "2026-01-01")
    ((kind, _, _, what, file, number),) = checked(run)
    assert (kind, what) == ("unpriced", "1 request without a price: a class of its tokens is not listed")
    assert (file, number) == (mine.name, "2")


@pytest.mark.usefixtures("sound")
def test_nothing_found_is_said(run: Run) -> None:
    outcome = run("prices", "check")
    assert (outcome.code, outcome.out, outcome.err) == (0, "", "usage: all prices in use are sound\n")
    assert run("prices", "check", "--format", "json").json["rows"] == []


@pytest.mark.usefixtures("sound")
def test_old_prices_are_found_after_90_days(run: Run, mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USAGE_NOW", "2027-02-20T23:59:59Z")
    assert checked(run) == []
    monkeypatch.setenv("USAGE_NOW", "2027-02-21T00:00:00Z")
    assert checked(run) == [
        ("old", "openai/gpt-oss-120b", "instagen", "last checked on 2026-11-22, 91 days ago", "instagen.csv", "12"),
        ("old", "zai-org/GLM-4.5-Air", "instagen", "last checked on 2026-11-22, 91 days ago", "instagen.csv", "13"),
    ]
    mine.write_text(mine.read_text("utf-8").replace("2026-11-23,usage", ",usage"), "utf-8")
    assert checked(run)[0] == ("old", "mystery", "instagen", "nothing says when it was checked", "prices.csv", "2")


@pytest.mark.usefixtures("sound")
def test_gaps_are_found(run: Run) -> None:
    run("prices", "set", "own", "--input", "1", "--from", "2026-01-01", "--until", "2026-01-31")
    run("prices", "set", "own", "--input", "2", "--from", "2026-03-01")
    assert checked(run) == [
        ("gapped", "own", "instagen", "no line from 2026-02-01 until 2026-03-01", "prices.csv", "3")
    ]
    run("prices", "set", "own", "--input", "1.5", "--from", "2026-02-01")
    assert checked(run) == []


@pytest.mark.usefixtures("sound")
def test_overlapping_lists_are_found(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = prices.catalogue()
    other = written(
        tmp_path / "other.csv",
        line(provider="instagen", host="llm.submodel.ai", model=GPT, input="1", checked_on="2026-11-22"),
    )
    both = prices.Catalogue((*found.shipped, other), found.aliases, found.own)
    monkeypatch.setattr(prices, "catalogue", lambda own=None: both)  # noqa: ARG005 - as it is called
    overlaps = [each for each in checked(run) if each[0] == "overlapping"]
    assert overlaps == [
        ("overlapping", GPT, "instagen", "line 12 of instagen.csv holds on the same days", "other.csv", "2")
    ]


@pytest.mark.usefixtures("stored")
def test_a_broken_list_of_ones_own_is_a_finding(run: Run, mine: Path) -> None:
    written(mine, line(provider="p", model="m", input="1"), line(provider="p", model="m", input="-1"))
    found = checked(run)
    assert found[0] == ("broken", "", "", "input '-1' is negative", str(mine), "3")
    assert [each[0] for each in found] == ["broken", "unpriced"]
    assert "until it is put right, no report can be made" in run("prices", "check").out


# --- diff ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("stored")
def test_what_other_prices_do_to_each_month(run: Run, tmp_path: Path) -> None:
    """November: two requests at 0.60 = 1.20; by the new list two at 0.60 and 1 + 2 = 3.60, and mystery at 1 + 0.50."""
    old = written(tmp_path / "old.csv")
    new = written(
        tmp_path / "new.csv",
        line(provider="instagen", model=GPT, input="1", output="2", effective_from="2026-11-21"),
        line(provider="instagen", model="mystery", input="1", output="0.5"),
    )
    found = table(run("prices", "diff", old, new, "--format", "csv"))
    assert [tuple(row.values()) for row in found] == [
        ("2026-11", "mystery", "instagen", "1", "", "1.5", "1.5", "", "1", "0"),
        ("2026-11", GPT, "instagen", "2", "1.2", "3.6", "2.4", "200.0", "0", "0"),
    ]
    total = run("prices", "diff", old, new, "--format", "json").json["total"]
    assert (total["before_cost_usd"], total["after_cost_usd"], total["change_usd"]) == (1.2, 5.1, 3.9)
    assert total["cost_change_pct"] == 325
    shown = run("prices", "diff", old, new).out
    assert "Total" in shown
    assert f"By {old}, 1 of these requests has no price, and counts as nothing in the change." in shown


@pytest.mark.usefixtures("stored")
def test_current_stands_for_what_is_in_force(run: Run, tmp_path: Path, mine: Path) -> None:
    run("prices", "set", GPT, "--input", "1", "--output", "2", "--from", "2026-11-21")
    old = written(tmp_path / "old.csv")
    (row,) = table(run("prices", "diff", "current", old, "--format", "csv"))
    assert (row["month"], row["before_cost_usd"], row["after_cost_usd"]) == ("2026-11", "3.6", "1.2")
    same = run("prices", "diff", "current", mine)
    assert (same.code, same.out.strip(), same.err) == (0, "", f"usage: no cost differs between current and {mine}\n")
    assert months(run)["2026-11"] == "3.6"


@pytest.mark.usefixtures("stored")
def test_reported_costs_do_not_differ(run: Run, tmp_path: Path) -> None:
    old = written(tmp_path / "old.csv", line(provider="instagen", model=GPT, input="9", output="9"))
    assert table(run("prices", "diff", "current", old, "--cost", "reported", "--format", "csv")) == []
    assert len(table(run("prices", "diff", "current", old, "--cost", "list", "--format", "csv"))) == 3
    assert run("prices", "diff", "current", old, "--cost", "free").code == 2


@pytest.mark.usefixtures("stored")
def test_a_broken_list_to_compare_is_refused(run: Run, tmp_path: Path) -> None:
    broken = written(tmp_path / "broken.csv", line(provider="p", model="m", input="-1"))
    assert f"the prices {broken} cannot be used: line 2: input '-1'" in run("prices", "diff", "current", broken).err


# --- merging, by itself -------------------------------------------------------------------------------


def a_line(usd: str, start: date | None, end: date | None = None, **cells: Any) -> Line:  # noqa: ANN401
    return Line(provider="p", model="m", input=Decimal(usd), effective_from=start, effective_until=end, **cells)


def test_what_is_merged_is_always_sound() -> None:
    """Any order of any spans gives a list in which no two lines hold at once, and that says what was said last."""
    import itertools

    days = [None, date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    spans = [(start, end) for start in days for end in (*days[2:], None) if end is None or (start or date.min) < end]
    for first, second in itertools.product(spans, repeat=2):
        for above in (None, 5):
            merged = own.merge([], [a_line("1", *first)]).lines
            try:
                merged = own.merge(merged, [a_line("2", *second, input_above=above)]).lines
            except errors.NoPriceForAll:
                continue
            lines.check(Path("x"), list(enumerate(merged, start=2)))
            start = second[0] or date.min
            (holding,) = [each for each in merged if each.opening <= start < each.closing and each.input_above == above]
            assert holding.input == 2


def test_large_prices_alone_are_refused_before_and_after_the_one_for_all() -> None:
    base = [a_line("1", date(2026, 1, 1), date(2026, 2, 1))]
    for start in (None, date(2025, 12, 31), date(2026, 2, 1)):
        with pytest.raises(errors.NoPriceForAll):
            own.merge(base, [a_line("2", start, input_above=5)])


def test_what_is_saved_is_read_again_alike(mine: Path) -> None:
    saved = [a_line("0.20", None, DAY, source='a, "b"'), a_line("1", DAY, cache_read=Decimal(0))]
    own.save(mine, saved)
    assert own.read(mine) == saved


def test_a_price_for_some_days_ends_no_other_for_good(run: Run, mine: Path) -> None:
    def put(price: str, *days: str) -> str:
        outcome = run("prices", "set", "m", "--provider", "ex", "--input", price, "--output", price, *days)
        assert outcome.code == 0
        return outcome.out

    put("2", "--from", "2026-11-05")
    said = put("5", "--from", "2026-11-10", "--until", "2026-11-10")
    assert "line 2 (from 2026-11-05) ends there; line 4 goes on from 2026-11-11" in said
    spans = [(str(line.input), str(line.opening), str(line.closing)) for line in lines.read(mine)]
    assert spans == [
        ("2", "2026-11-05", "2026-11-10"),
        ("5", "2026-11-10", "2026-11-11"),
        ("2", "2026-11-11", "9999-12-31"),
    ]


@pytest.mark.parametrize(
    "arguments",
    [("--all",), ("show", "gpt-4o"), ("check",), ("diff", "current", "current"), ("--at", "2026-01-01")],
    ids=" ".join,
)
@pytest.mark.usefixtures("sound")
def test_every_question_is_answered(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("prices", *arguments).code == 0


def test_what_needs_no_database_works_without_one(run: Run) -> None:
    assert run("prices", "--all").code == 0
    assert run("prices", "show", "gpt-4o").code == 0
