"""Which heading is which field: the table of synonyms, in English and Chinese, with units and with dots."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from instagen_usage_cli import errors
from instagen_usage_cli.importing import fields as mapped_fields
from instagen_usage_cli.importing import headings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import Outcome

TIME, MEASURE = "§ time", "§ measure"  # headings that mean nothing, named by --map


def meaning(heading: str) -> str | None:
    """The field that a heading of a CSV is taken for, or None."""
    quoted = '"' + heading.replace('"', '""') + '"'
    for wanted in (
        {"started_at": TIME, "failed_requests": MEASURE},  # then the heading must be a measure
        {"failed_requests": TIME, "requests": MEASURE},  # then it must be a time
        {"started_at": TIME, "requests": MEASURE},
    ):
        try:
            found = headings.of_table(f"{quoted},{TIME},{MEASURE}\n", "log.csv", wanted).fields
        except (errors.NoTimeColumn, errors.NoMeasureColumn):
            continue
        return next((field for field, name in found.items() if name == heading), None)
    return None


def table(heading_line: str, **wanted: str) -> dict[str, str]:
    return headings.of_table(heading_line, "log.csv", wanted).fields


def records(*lines: object, **wanted: str) -> dict[str, str]:
    head = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    return headings.of_records(head, "lines", "log.jsonl", wanted).fields


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("started_at", "Time|Date|Created At|created_at|createdAt|CREATED AT|Created-At|Timestamp|Request Time|ts"),
        (
            "started_at",
            "Start Time|startTime|Time (UTC)|Date(UTC)|Time UTC|time_utc|时间|创建时间|请求时间|日期|时间 (UTC)",
        ),
        ("ended_at", "End Time|ended_at|endTime|Completed At|结束时间"),
        ("model", "Model|model|MODEL|Model Name|model_name|modelName|model-id|模型|模型名称|模型名"),
        ("requested_model", "Requested Model|model_group|请求模型"),
        (
            "access_key",
            "Key|Access Key|access_key|accessKey|API Key|apiKey|apiKeyName|Token Name|密钥|访问密钥|令牌名称|API密钥",
        ),
        ("provider", "Provider|供应商"),
        ("project", "Project|Team|project_name|项目"),
        ("user", "User|username|用户|用户名"),
        ("session", "Session|Session ID|sessionId|会话"),
        ("upstream_id", "ID|Request ID|request_id|requestId|requestID|Response-Id|请求ID"),
        ("status", "Status|Result|Success|状态|结果|是否成功"),
        ("http_status", "Status Code|HTTP Status|httpStatus|状态码"),
        ("error_type", "Error Type|error_code|错误类型"),
        (
            "requests",
            "Requests|Request Count|requests_count|num_model_requests|API Calls|Calls|请求数|请求次数|调用次数|次数",
        ),
        ("failed_requests", "Failed|Failed Requests|Errors|失败数|失败次数"),
        ("input_tokens", "Input|Input Tokens|input_tokens|inputTokens|INPUT_TOKENS|Prompt Tokens|promptTokens|Prompt"),
        ("input_tokens", "Input (tokens)|输入|输入 Tokens|输入Token数|输入（tokens）|输入令牌|提示 tokens"),
        (
            "output_tokens",
            "Output|Output Tokens|outputTokens|Completion Tokens|completion_tokens|Completion|Output (Tokens)",
        ),
        ("output_tokens", "输出|输出 Tokens|输出Token数|输出（Token）|补全 tokens"),
        (
            "cache_read_tokens",
            "Cached Tokens|cachedTokens|Cache Read Tokens|prompt_cache_hit_tokens|缓存|缓存命中 tokens",
        ),
        ("cache_write_5m_tokens", "Cache Write Tokens|cache_creation_input_tokens"),
        ("cache_write_1h_tokens", "Cache Write 1h Tokens|cache_write_1h_tokens"),
        ("reasoning_tokens", "Reasoning Tokens|reasoningTokens|Thinking Tokens|推理 tokens"),
        (
            "total_tokens",
            "Total Tokens|totalTokens|total_tokens|Tokens|Total (tokens)|总 Tokens|总token数",
        ),
        ("cost_usd", "Cost|Amount (USD)|amount_usd|Spend|Total Cost|totalCost|Charge|费用|金额|花费|消费金额|总费用"),
        ("cost_usd", "Cost (USD)|cost_usd|costUsd|costUSD|Cost ($)|Cost [USD]|Cost(usd)|Cost USD|Amount (US$)|USD|$"),
        ("cost_usd", "费用(USD)|费用 ($)|费用（美元）|金额（USD）|消费（美金）"),
        ("duration_ms", "Latency (ms)|Duration (ms)|latency_ms|durationMs|Response Time (milliseconds)|Latency [ms]"),
        ("duration_ms", "耗时(毫秒)|耗时（ms）|延迟（毫秒）|响应时间 (ms)|Elapsed (msec)"),
        (
            "duration_s",
            "Latency (s)|Duration (seconds)|duration_s|durationSeconds|Response Time (sec)|耗时(秒)|用时（秒）",
        ),
        ("ttft_ms", "TTFT (ms)|ttft_ms|Time to First Token (ms)|首字时间(毫秒)|首字延迟（ms）"),
        ("ttft_s", "TTFT (s)|ttft_s|Time To First Token (seconds)|首字时间(秒)"),
    ],
)
def test_headings_mean_fields(field: str, names: str) -> None:
    expected = dict.fromkeys(names.split("|"), field)
    assert {name: meaning(name) for name in expected} == expected


@pytest.mark.parametrize(
    "heading",
    [
        # A time without its unit, or with one that is not known.
        *("Latency", "Duration", "TTFT", "耗时", "Latency (min)", "Latency (us)", "Latency (µs)", "Duration (h)"),
        *("耗时（分钟）", "duration_min", "latency_us", "durationNs"),
        # Tokens and requests in thousands, millions or money.
        *("Input Tokens (k)", "Tokens (M)", "Tokens (millions)", "Input Tokens (USD)", "Requests ($)", "输入（元）"),
        *("Requests (s)", "Model (ms)", "Total ($)", "Total (USD)"),
        # Money that is no amount in dollars.
        *("Cost (cents)", "Cost (USD cents)", "cost_cents", "Cost (credits)", "Cost (HK$)", "费用（积分）"),
        # Other words.
        *("", " ", "Foo", "Cost Center", "Input Cost", "Output Price", "Model Version", "Timezone", "Time Zone"),
        *("Token", "Max Tokens", "Tokens per Second", "备注", "单价", "倍率"),
    ],
)
def test_other_headings_mean_nothing(heading: str) -> None:
    assert meaning(heading) is None


def test_every_synonym_is_recognised_as_its_field() -> None:
    expected = {}
    for field, text in mapped_fields.SYNONYMS.items():
        unit = " (ms)" if field.endswith("_ms") else ""
        for synonym in filter(None, text.split("|")):
            for heading in (synonym + unit, synonym.upper() + unit.upper(), synonym.replace(" ", "_") + unit):
                expected[heading] = field
    assert {heading: meaning(heading) for heading in expected} == expected


def test_no_heading_means_two_fields() -> None:
    fields: dict[str, set[str]] = {}
    for field, text in mapped_fields.SYNONYMS.items():
        for synonym in filter(None, text.split("|")):
            fields.setdefault(synonym.replace(" ", ""), set()).add(field)
    assert {synonym: found for synonym, found in fields.items() if len(found) > 1} == {}


def test_total_is_tokens_and_total_cost_is_money() -> None:
    found = table("Time,Total,Total Cost")
    assert found == {"started_at": "Time", "total_tokens": "Total", "cost_usd": "Total Cost"}


# --- currencies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    [
        *("Cost (CNY)", "cost_cny", "Cost CNY", "costCNY", "Amount (RMB)", "Amount [EUR]", "Cost (€)", "Cost (£)"),
        *(
            "Cost (¥)",
            "Cost (￥)",
            "费用（元）",
            "金额(元)",
            "费用（人民币）",
            "消费金额（¥）",
            "Spend (JPY)",
            "Cost (cad)",
        ),
        *("费用¥", "Cost¥", "Cost€", "费用元"),
    ],
)
def test_an_amount_in_another_currency_is_refused_or_not_mapped(heading: str) -> None:
    try:
        found = table(f'Time,Requests,"{heading}"')
    except errors.ForeignCurrency:
        return
    assert "cost_usd" not in found


@pytest.mark.parametrize("currency", mapped_fields.FOREIGN)
def test_every_foreign_currency_is_refused_by_its_sign_or_code(currency: str) -> None:
    with pytest.raises(errors.ForeignCurrency, match="not US dollars"):
        table(f"Time,Requests,Cost ({currency})")


def test_dollars_beside_another_currency_are_taken() -> None:
    assert table("Time,Cost (CNY),Cost (USD)")["cost_usd"] == "Cost (USD)"


def test_a_foreign_amount_can_be_left_out() -> None:
    assert table("Time,Requests,Cost (CNY)", cost_usd="") == {"started_at": "Time", "requests": "Requests"}


# --- competing, missing, and said by --map ------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "field", "names"),
    [
        ("Time,Created At,Cost", "started_at", ("Time", "Created At")),
        ("时间,创建时间,费用", "started_at", ("时间", "创建时间")),
        ("Time,Cost,Amount (USD)", "cost_usd", ("Cost", "Amount (USD)")),
        ("Time,Cost (USD),Cost ($)", "cost_usd", ("Cost (USD)", "Cost ($)")),
        ("Time,Input Tokens,Prompt Tokens,Output", "input_tokens", ("Input Tokens", "Prompt Tokens")),
        ("Time,Latency (ms),Duration (ms),Cost", "duration_ms", ("Latency (ms)", "Duration (ms)")),
    ],
)
def test_two_headings_for_one_field_compete(line: str, field: str, names: tuple[str, str]) -> None:
    with pytest.raises(errors.CompetingColumns) as caught:
        table(line)
    message = str(caught.value)
    assert all(repr(name) in message for name in names)
    assert f"--map {field}=HEADING" in message
    assert table(line, **{field: names[1]})[field] == names[1]


def test_a_heading_that_says_tokens_is_taken_before_one_that_may_be_a_text() -> None:
    assert table("Time,Input,Input Tokens,输出,输出 Tokens") == {
        "started_at": "Time",
        "input_tokens": "Input Tokens",
        "output_tokens": "输出 Tokens",
    }


def test_of_two_equal_headings_the_first_is_meant() -> None:
    found = headings.of_table("Time,Cost,Cost\n", "log.csv", {})
    assert list(found.columns)[:2] == ["started_at", "cost_usd"]
    assert len(found.columns) == 3


def test_a_missing_time_is_told_with_what_was_found_and_what_to_do() -> None:
    with pytest.raises(errors.NoTimeColumn, match=r"found: When, Cost\).*--map started_at=HEADING"):
        table("When,Cost")


def test_missing_measures_are_told_with_what_was_found_and_what_to_do() -> None:
    with pytest.raises(errors.NoMeasureColumn, match=r"found: Time, Model, Price\).*--map input_tokens=HEADING"):
        table("Time,Model,Price")


@pytest.mark.parametrize("heading", ["Total", "总计", "合计", "Amount"])
def test_what_may_be_money_or_counts_is_nothing_by_itself(heading: str) -> None:
    """Falls where a count of tokens becomes money: DeepSeek's `amount` made $108,007 of $0.0057."""
    assert heading not in table(f"Time,{heading},Requests").values()
    with pytest.raises(errors.NoMeasureColumn):
        table(f"Time,{heading}")


def test_what_stands_beside_says_what_it_is() -> None:
    assert table("Time,Input,Output,Total")["total_tokens"] == "Total"
    assert table("Time,Amount,Currency")["cost_usd"] == "Amount"
    assert table("Time,Amount,币种")["cost_usd"] == "Amount"


@pytest.mark.parametrize("measure", ["Requests", "Input Tokens", "Output Tokens", "Total Tokens", "Cost"])
def test_one_measure_is_enough(measure: str) -> None:
    assert measure in table(f"Time,{measure}").values()


@pytest.mark.parametrize("said", ["Zeit", "zeit", "ZEIT"])
def test_map_takes_a_heading_in_any_case(said: str) -> None:
    assert table("Zeit,Cost", started_at=said) == {"started_at": "Zeit", "cost_usd": "Cost"}


def test_map_prefers_the_heading_in_the_very_same_case() -> None:
    assert table("zeit,ZEIT,Cost", started_at="ZEIT")["started_at"] == "ZEIT"


def test_map_wins_over_the_synonyms() -> None:
    assert table("Time,Booked,Cost", started_at="Booked")["started_at"] == "Booked"
    assert table("Time,Input,Cost", output_tokens="Input") == {
        "started_at": "Time",
        "output_tokens": "Input",
        "cost_usd": "Cost",
    }


def test_map_of_a_missing_heading_is_refused_with_what_was_found() -> None:
    with pytest.raises(errors.NoSuchHeading, match=r"no column 'Tijd' \(found: Time, Cost\)"):
        table("Time,Cost", started_at="Tijd")


def test_an_empty_heading_leaves_a_field_out() -> None:
    assert table("Time,Cost,Requests", cost_usd="") == {"started_at": "Time", "requests": "Requests"}


@pytest.mark.parametrize(
    ("short", "field"),
    [
        ("time", "started_at"),
        ("key", "access_key"),
        ("input", "input_tokens"),
        ("cost", "cost_usd"),
        ("model", "model"),
    ],
)
def test_short_names_of_fields(short: str, field: str) -> None:
    assert mapped_fields.field_named(short, "--map") == field


def test_an_unknown_field_is_refused_with_the_known_ones() -> None:
    with pytest.raises(errors.UnknownField, match="no field 'planet'; --map takes started_at, "):
        mapped_fields.field_named("planet", "--map")
    with pytest.raises(errors.UnknownField, match="no field 'started_at'; --set takes provider, "):
        mapped_fields.field_named("started_at", "--set", mapped_fields.CONSTANTS)


def test_a_long_list_of_headings_is_cut() -> None:
    with pytest.raises(errors.NoTimeColumn) as caught:
        table(",".join(f"Column {number}" for number in range(200)))
    assert len(str(caught.value)) < 500
    assert "…" in str(caught.value)


# --- the heading row ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "delimiter", "skip"),
    [
        ("Time,Cost\n", ",", 1),
        ("Time;Cost\n", ";", 1),
        ("Time\tCost\n", "\t", 1),
        ("Time|Cost\n", "|", 1),
        ("sep=;\nTime;Cost\n", ";", 2),
        ("\n\n,,\nTime,Cost\n", ",", 4),
        ('"Time";"Cost"\r\n', ";", 1),
        ("Time , Cost \n", ",", 1),
    ],
)
def test_the_heading_row_and_its_delimiter(head: str, delimiter: str, skip: int) -> None:
    found = headings.of_table(head, "log.csv", {})
    assert (found.fields, found.delimiter, found.skip) == ({"started_at": "Time", "cost_usd": "Cost"}, delimiter, skip)


def test_a_delimiter_inside_quotes_is_none() -> None:
    found = headings.of_table('Time;Cost;"a,b,c,d"\n', "log.csv", {})
    assert (found.delimiter, len(found.columns)) == (";", 3)


# --- JSON records -------------------------------------------------------------------------------------


def test_nested_keys_are_written_with_dots() -> None:
    record = {"created": 1, "usage": {"prompt_tokens": 2, "completion_tokens": 3}, "meta": {"model": "m"}}
    assert records(record) == {
        "started_at": "created",
        "input_tokens": "usage.prompt_tokens",
        "output_tokens": "usage.completion_tokens",
        "model": "meta.model",
    }


def test_the_least_nested_key_wins() -> None:
    record = {"time": 1, "cost": 2, "model": "a", "request": {"model": "b", "body": {"model": "c"}}}
    assert records(record)["model"] == "model"


def test_keys_of_one_depth_compete() -> None:
    record = {"time": 1, "cost": 2, "request": {"model": "a"}, "answer": {"model": "b"}}
    with pytest.raises(errors.CompetingColumns, match=r"'request.model' and 'answer.model'.*--map model=HEADING"):
        records(record)
    assert records(record, model="answer.model")["model"] == "answer.model"


def test_keys_are_gathered_from_all_records_and_broken_lines_are_none() -> None:
    head = '{"time": 1}\nnot json\n[1]\n{"cost": 2}\n{"cut": '
    assert headings.of_records(head, "lines", "log.jsonl", {}).fields == {"started_at": "time", "cost_usd": "cost"}


def test_map_takes_a_dotted_path_in_any_case_even_one_not_seen_yet() -> None:
    record = {"time": 1, "Usage": {"In": 2}}
    assert records(record, input_tokens="usage.in")["input_tokens"] == "Usage.In"
    assert records(record, input_tokens="later.seen")["input_tokens"] == "later.seen"


def test_keys_in_camel_case_with_units() -> None:
    record = {"createdAt": 1, "latencyMs": 2, "ttftMs": 3, "inputTokens": 4, "costUsd": 5, "apiKeyName": "a"}
    assert records(record) == {
        "started_at": "createdAt",
        "duration_ms": "latencyMs",
        "ttft_ms": "ttftMs",
        "input_tokens": "inputTokens",
        "cost_usd": "costUsd",
        "access_key": "apiKeyName",
    }


def test_a_document_of_records_and_a_list_envelope_have_the_keys_of_their_records() -> None:
    record = {"time": 1, "usage": {"prompt_tokens": 2}}
    for document in ([record], {"object": "list", "data": [record]}):
        head = json.dumps(document, indent=2)
        found = headings.of_records(head, "document", "log.json", {}).fields
        assert found == {"started_at": "time", "input_tokens": "usage.prompt_tokens"}


@pytest.mark.parametrize(
    ("record", "arguments"),
    [
        ({"time": "2026-11-20T10:00:00Z", "model": "m", "usage": {"prompt_tokens": 7}}, ()),
        ({"time": "2026-11-20T10:00:00Z", "model": "m", "Usage": {"In": 7}}, ("--map", "input=usage.in")),
        ({"time": "2026-11-20T10:00:00Z", "model": "m", 'the "in"': 7}, ("--map", 'input=the "in"')),
        ({"time": "2026-11-20T10:00:00Z", "model": "m", "输入": 7}, ()),
        # One key with dots in it, as OpenTelemetry writes attributes.
        ({"time": "2026-11-20T10:00:00Z", "model": "m", "gen_ai.usage.input_tokens": 7}, ()),
    ],
)
def test_the_key_that_is_named_is_the_key_that_is_read(
    run: Callable[..., Outcome], tmp_path: Path, record: dict[str, object], arguments: tuple[str, ...]
) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text(json.dumps(record, ensure_ascii=False) + "\n", "utf-8")
    assert run("import", log, *arguments).code == 0
    rows = run("stats", "--format", "json").json["rows"]
    assert [(row["model"], row["input_tokens"]) for row in rows] == [("m", 7)]


# --- the SQL that reads by these fields ---------------------------------------------------------------


def test_json_cells_are_those_of_all_fields() -> None:
    text = files("instagen_usage_cli").joinpath("readers", "json_cells.sql").read_text("utf-8")
    found = re.findall(r"cell\[fields\['(\w+)'\]\] as \"?(\w+)\"?", text)
    assert found == [(field, field) for field in mapped_fields.FIELDS]


def test_csv_cells_are_in_the_order_of_the_fields() -> None:
    text = files("instagen_usage_cli").joinpath("readers", "csv_cells.sql").read_text("utf-8")
    found = re.findall(r'null::varchar as "?(\w+)"?', text)
    assert [name for name in found if name != "problem"] == list(mapped_fields.FIELDS)
