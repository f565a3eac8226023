"""What a plain CSV or JSON may not be taken for: no request, another's money, counts, another's provider."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.ledgers import few
from tests.support.stored import rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

    Run = Callable[..., Outcome]

OSS = "openai/gpt-oss-120b"
AT = "2026-11-20T10:00:0{}Z"
# Headings that say nothing of tokens, money or requests.
WORDS = ("message", "level", "value", "amount", "total", "usage", "count", "quantity", "price", "note", "score", "size")


def reasons(run: Run) -> list[str]:
    return [row["reason"] for row in run("skipped", "--format", "json").json["rows"]]


# --- no request ---------------------------------------------------------------------------------------


@few(20)
@given(
    headings=st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True),
    numbers=st.lists(st.integers(0, 10**6), min_size=4, max_size=4),
    is_json=st.booleans(),
)
def test_no_heading_that_may_be_anything_makes_a_request(
    run: Run, tmp_path_factory: pytest.TempPathFactory, headings: list[str], numbers: list[int], *, is_json: bool
) -> None:
    folder = tmp_path_factory.mktemp("any")
    cells = dict(zip(headings, numbers, strict=False))
    record = {"time": AT.format(1), "model": OSS} | cells
    text = json.dumps(record) if is_json else f"{','.join(record)}\n{','.join(map(str, record.values()))}"
    path = folder / ("log.jsonl" if is_json else "log.csv")
    path.write_text(text + "\n", "utf-8")
    outcome = run("import", path, "--db", folder / "usage.duckdb")
    assert (outcome.code, outcome.out) == (1, "")
    assert not (folder / "usage.duckdb").exists()


def test_a_line_without_tokens_cost_or_requests_is_no_request(run: Run, import_text: Run) -> None:
    records: list[dict[str, Any]] = [
        {"time": AT.format(1), "model": OSS, "event": "session"},
        {"time": AT.format(2), "model": OSS, "input_tokens": 5},
        {"time": AT.format(3), "model": OSS, "status": "failed"},
        {"time": AT.format(4), "model": OSS, "latency_ms": 5},
    ]
    outcome = import_text("".join(json.dumps(record) + "\n" for record in records), "log.jsonl")
    assert "4 read = 3 new, 1 skipped" in outcome.out
    assert "1 not a request: no tokens, cost or number of requests" in outcome.out
    assert "not read: event" in outcome.out
    assert reasons(run) == []


# --- money --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("heading", ["Currency", "currency_code", "币种", "货币", "Währung", "devise", "unit"])
@pytest.mark.parametrize("dollars", ["USD", "usd", "US$", "$", "US Dollar", "美元"])
def test_a_row_in_another_currency_is_skipped(run: Run, import_text: Run, heading: str, dollars: str) -> None:
    log = f"time,model,tokens,cost,{heading}\n"
    log += f"{AT.format(1)},{OSS},500,0.5,{dollars}\n{AT.format(2)},{OSS},500,0.5,EUR\n{AT.format(3)},{OSS},500,,CNY\n"
    assert import_text(log).code == 0
    assert reasons(run) == ["cost_usd is in another currency or unit"]
    total = run("stats", "--cost", "reported", "--format", "json").json["total"]
    assert (total["requests"], total["cost_usd"]) == (2, 0.5)


def test_a_file_of_such_rows_is_refused(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(f"time,model,tokens,cost,currency\n{AT.format(1)},{OSS},500,3.5,CNY\n", "utf-8")
    assert (
        "none of its records can be used (1 read; cost_usd is in another currency or unit)" in run("import", path).err
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("date,model,type,cost\n2026-11-20,m,input_tokens,1000\n", "'type' beside it says 'input_tokens'"),
        ("date,model,cost,metric\n2026-11-20,m,7,requests\n", "'metric' beside it says 'requests'"),
        (f"time,model,tokens,cost\n{AT.format(1)},m,100,2\n", "by 'cost' a token would cost more than $0.01"),
        (f"time,model,tokens,spend\n{AT.format(1)},m,100,250.5\n", "by 'spend' a token would cost more than $0.01"),
    ],
)
def test_counts_are_no_money(run: Run, tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text, "utf-8")
    outcome = run("import", path)
    assert outcome.code == 1
    assert says in outcome.err
    assert run("import", path, "--map", "cost_usd=").code == (0 if text.startswith("time") else 1)


def test_a_heading_that_says_dollars_is_believed(run: Run, import_text: Run) -> None:
    assert import_text(f"time,model,tokens,cost (USD)\n{AT.format(1)},m,100,2\n").code == 0
    assert run("stats", "--format", "json").json["total"]["cost_usd"] == 2


# --- who answered -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("models", "provider"),
    [
        ([OSS], "instagen"),
        ([OSS, "deepseek-ai/DeepSeek-R1"], "instagen"),
        ([OSS, "of-nobody-else"], "instagen"),
        (["gpt-4o"], ""),
        ([OSS, "claude-sonnet-4-5"], ""),
    ],
)
def test_who_answered_is_only_taken_for_instagen_where_no_other_is_known(
    import_text: Run, tmp_path: Path, models: list[str], provider: str
) -> None:
    log = "time,model,tokens\n" + "".join(f"{AT.format(n)},{model},5\n" for n, model in enumerate(models))
    outcome = import_text(log)
    assert {row["provider"] for row in rows(tmp_path / "usage.duckdb", "requests")} == {provider}
    assert ("provider: instagen, because the file does not say" in outcome.out) == bool(provider)


def test_set_says_who_answered(import_text: Run, tmp_path: Path) -> None:
    import_text(f"time,model,tokens\n{AT.format(1)},gpt-4o,5\n", "log.csv", "--set", "provider=openai")
    assert {row["provider"] for row in rows(tmp_path / "usage.duckdb", "requests")} == {"openai"}


# --- what was not read --------------------------------------------------------------------------------


def test_columns_that_were_not_read_are_named(import_text: Run) -> None:
    log = f"time,model,tokens,Amount,My Note,{'x' * 90}\n{AT.format(1)},{OSS},5,1,hello,2\n"
    assert "not read: Amount, My Note, " in import_text(log).out
    many = ",".join(f"c{n}" for n in range(20))
    assert (
        "not read: c0, c1, c2, c3, c4, c5, c6, c7, …"
        in import_text(f"time,model,tokens,{many}\n{AT.format(1)},{OSS},5,{many}\n", "many.csv").out
    )


# --- totals -------------------------------------------------------------------------------------------

TOTALS = ("Total", "TOTAL", "Sum", "Grand Total", "合计", "总计", "Summe", "Итого")


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("name", TOTALS)
@pytest.mark.parametrize("column", ["model", "access key"])
def test_a_total_that_has_a_time_is_no_request(import_text: Run, name: str, column: str, place: int) -> None:
    lines = [f"{AT.format(1)},{OSS},100,10,0.5", f"{AT.format(2)},{OSS},200,20,0.7"]
    lines.insert(place, f"{AT.format(3)},{name},300,30,1.2")
    outcome = import_text(f"time,{column},input tokens,output tokens,cost\n" + "\n".join(lines) + "\n")
    assert "2 new, 1 skipped (1 not a request: a total)" in outcome.out


@pytest.mark.parametrize(
    "total", ["Total,300,31,1.2", "Total,300,30,1.3", "total-recall,300,30,1.2", "my-model,300,30,1.2", "Total,,,9.9"]
)
def test_what_is_no_sum_of_the_others_is_a_request(import_text: Run, total: str) -> None:
    log = f"time,model,input tokens,output tokens,cost\n{AT.format(1)},{OSS},100,10,0.5\n"
    log += f"{AT.format(2)},{OSS},200,20,0.7\n"
    assert "3 new." in import_text(f"{log}{AT.format(3)},{total}\n").out


def test_sums_of_parts_and_of_all_are_no_requests(import_text: Run) -> None:
    log = "date,model,requests,tokens\n2026-11-20,a,1,10\n2026-11-20,b,2,20\n2026-11-20,Subtotal,3,30\n"
    log += "2026-11-21,a,4,40\n2026-11-21,Subtotal,4,40\n2026-11-21,Total,7,70\n"
    assert "3 new, 3 skipped (3 not a request: a total)" in import_text(log).out
