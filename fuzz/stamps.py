"""How the good records of each source are made: a record of the corpus, and the places where its values stand.

A record of a database is a row, as an object of its cells.

A source without a stamp fails the fuzz.
"""

from __future__ import annotations

import copy
import csv
import io
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fuzz import databases

if TYPE_CHECKING:
    from collections.abc import Callable

CORPUS = Path(__file__).parent.parent / "tests" / "corpus"
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
SPAN = "resourceSpans/0/scopeSpans/0/spans/0"
GOOD, OTHER = "control/model", "mutated/model"
FORMS: dict[str, Callable[[datetime], Any]] = {
    "epoch": lambda moment: int(moment.timestamp()),
    "milliseconds": lambda moment: int(moment.timestamp()) * 1000,
    "nanoseconds": lambda moment: str(int(moment.timestamp()) * 10**9),
    "iso": lambda moment: moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
    "clock": lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S"),
}


@dataclass(frozen=True, kw_only=True)
class Stamp:
    """Where the values of a record stand, as paths: keys and places joined by `/`.

    A key behind a list is that of its element with this `key`. `base` is a file of the corpus and the record in it,
    from 0. `also` are values that hold for every record; `step` is how far apart in time records are. Where the base is
    a row of a database, `table` is the row's, and `json` are the columns of JSON in it, which paths go into.
    """

    base: tuple[str, int]
    time: tuple[str, ...]
    form: str
    model: tuple[str, ...]
    input: tuple[str, ...]
    output: tuple[str, ...]
    total: tuple[str, ...] = ()
    id: tuple[str, ...] = ()
    id_form: str = "chatcmpl-{:032x}"
    end: tuple[str, ...] = ()
    step: timedelta = timedelta(seconds=1)
    also: dict[str, Any] = field(default_factory=dict)
    table: str = ""
    json: tuple[str, ...] = ()


STAMPS: dict[str, tuple[Stamp, ...]] = {
    "litellm": (
        Stamp(
            base=("bad_lines.jsonl", 0),
            id=("id",),
            time=("startTime",),
            end=("endTime",),
            form="epoch",
            model=("model",),
            input=("prompt_tokens",),
            output=("completion_tokens",),
            total=("total_tokens",),
        ),
    ),
    "openai-response": (
        Stamp(
            base=("chat_0_default.json", 0),
            id=("id",),
            time=("created",),
            form="epoch",
            model=("model",),
            input=("usage/prompt_tokens",),
            output=("usage/completion_tokens",),
            total=("usage/total_tokens",),
        ),
    ),
    "litellm-spend": (
        Stamp(
            base=("instagen.jsonl", 0),
            id=("request_id",),
            time=("startTime",),
            end=("endTime",),
            form="iso",
            model=("model",),
            input=("prompt_tokens", "metadata/usage_object/prompt_tokens"),
            output=("completion_tokens", "metadata/usage_object/completion_tokens"),
            total=("total_tokens", "metadata/usage_object/total_tokens"),
        ),
        Stamp(
            base=("dump_1.83.0.csv", 0),
            id=("request_id",),
            time=("startTime",),
            end=("endTime",),
            form="clock",
            model=("model",),
            input=("prompt_tokens",),
            output=("completion_tokens",),
            total=("total_tokens",),
        ),
    ),
    "new-api": (
        Stamp(
            base=("bad_lines.jsonl", 0),
            id=("request_id",),
            id_form="{:039d}",
            time=("created_at",),
            form="epoch",
            model=("model_name",),
            input=("prompt_tokens",),
            output=("completion_tokens",),
        ),
        Stamp(
            base=("logs.csv", 0),
            id=("request_id",),
            id_form="{:039d}",
            time=("created_at",),
            form="epoch",
            model=("model_name",),
            input=("prompt_tokens",),
            output=("completion_tokens",),
        ),
    ),
    "one-api": (
        Stamp(
            base=("bad_lines.jsonl", 0),
            id=("request_id",),
            id_form="{:039d}",
            time=("created_at",),
            form="epoch",
            model=("model_name",),
            input=("prompt_tokens",),
            output=("completion_tokens",),
        ),
        Stamp(
            base=("logs.csv", 0),
            id=("request_id",),
            id_form="{:039d}",
            time=("created_at",),
            form="epoch",
            model=("model_name",),
            input=("prompt_tokens",),
            output=("completion_tokens",),
        ),
    ),
    "anthropic-usage": (
        Stamp(
            base=("bad_lines.jsonl", 0),
            time=("data/0/starting_at",),
            end=("data/0/ending_at",),
            form="iso",
            step=timedelta(hours=1),
            model=("data/0/results/0/model",),
            input=("data/0/results/0/uncached_input_tokens",),
            output=("data/0/results/0/output_tokens",),
        ),
    ),
    "openai-usage": (
        Stamp(
            base=("bad_lines.jsonl", 0),
            time=("data/0/start_time",),
            end=("data/0/end_time",),
            form="epoch",
            step=timedelta(hours=1),
            model=("data/0/results/0/model",),
            input=("data/0/results/0/input_tokens",),
            output=("data/0/results/0/output_tokens",),
        ),
        Stamp(
            base=("completions_usage_2025-10-06_2025-10-11.csv", 0),
            time=("start_time",),
            end=("end_time",),
            form="epoch",
            step=timedelta(hours=1),
            model=("model",),
            input=("input_tokens", "input_text_tokens"),
            output=("output_tokens", "output_text_tokens"),
            also={"input_cached_tokens": 0, "input_cached_text_tokens": 0, "input_uncached_tokens": ""},
        ),
    ),
    "openrouter": (
        Stamp(
            base=("bad_lines.jsonl", 0),
            id=("id",),
            id_form="gen-{:032x}",
            time=("created_at",),
            form="iso",
            model=("model",),
            input=("native_tokens_prompt",),
            output=("native_tokens_completion",),
        ),
        Stamp(
            base=("export_2026.csv", 0),
            id=("generation_id",),
            id_form="gen-{:032x}",
            time=("created_at",),
            form="clock",
            model=("model_permaslug",),
            input=("tokens_prompt",),
            output=("tokens_completion",),
            also={"tokens_cached": 0, "tokens_reasoning": 0},
        ),
    ),
    "helicone": (
        Stamp(
            base=("bad_lines.jsonl", 0),
            id=("request_id", "response_id"),
            id_form="{:032x}",
            time=("request_created_at",),
            form="iso",
            model=("request_model",),
            input=("prompt_tokens",),
            output=("completion_tokens",),
            total=("total_tokens",),
        ),
        Stamp(
            base=("hql.csv", 0),
            id=("request_id",),
            id_form="{:032x}",
            time=("request_created_at",),
            form="clock",
            model=("model",),
            input=("prompt_tokens",),
            output=("completion_tokens",),
        ),
    ),
    "portkey": (
        Stamp(
            base=("export.jsonl", 0),
            id=("id",),
            id_form="{:032x}",
            time=("created_at",),
            form="iso",
            model=("ai_model",),
            input=("req_units",),
            output=("res_units",),
            total=("total_units",),
        ),
    ),
    "langfuse": (
        Stamp(
            base=("bad_lines.jsonl", 0),
            id=("id", "traceId"),
            id_form="{:032x}",
            time=("startTime",),
            end=("endTime",),
            form="iso",
            model=("providedModelName",),
            input=("usageDetails/input",),
            output=("usageDetails/output",),
            total=("usageDetails/total",),
        ),
    ),
    "otel": (
        Stamp(
            base=("bad_lines.jsonl", 0),
            id=(f"{SPAN}/traceId", f"{SPAN}/attributes/gen_ai.response.id/value/stringValue"),
            id_form="{:032x}",
            time=(f"{SPAN}/startTimeUnixNano",),
            end=(f"{SPAN}/endTimeUnixNano",),
            form="nanoseconds",
            model=(
                f"{SPAN}/attributes/gen_ai.request.model/value/stringValue",
                f"{SPAN}/attributes/gen_ai.response.model/value/stringValue",
            ),
            input=(f"{SPAN}/attributes/gen_ai.usage.input_tokens/value/intValue",),
            output=(f"{SPAN}/attributes/gen_ai.usage.output_tokens/value/intValue",),
        ),
    ),
    "claude-code": (
        Stamp(
            base=("bad_lines.jsonl", 0),
            id=("message/id", "requestId", "uuid"),
            id_form="msg_{:032x}",
            time=("timestamp",),
            form="iso",
            model=("message/model",),
            input=("message/usage/input_tokens",),
            output=("message/usage/output_tokens",),
        ),
    ),
    "gemini-cli": (
        Stamp(
            base=("bad_lines.jsonl", 1),
            id=("id",),
            id_form="{:032x}",
            time=("timestamp",),
            form="iso",
            model=("model",),
            input=("tokens/input",),
            output=("tokens/output",),
            total=("tokens/total",),
            also={"sessionId": "5b0c7e1a-2f4d-4c8e-9a61-3d7f0e8b2c11", "tokens/thoughts": 0},
        ),
    ),
    "aider": (
        Stamp(
            base=("bad_lines.jsonl", 0),
            time=("time",),
            form="epoch",
            model=("properties/main_model",),
            input=("properties/prompt_tokens",),
            output=("properties/completion_tokens",),
            total=("properties/total_tokens",),
        ),
    ),
    "qwen-code": (
        Stamp(
            base=("bad_lines.jsonl", 0),
            id=("systemPayload/uiEvent/response_id",),
            time=("systemPayload/uiEvent/event.timestamp",),
            form="iso",
            model=("systemPayload/uiEvent/model",),
            input=("systemPayload/uiEvent/input_token_count",),
            output=("systemPayload/uiEvent/output_token_count",),
            total=("systemPayload/uiEvent/total_token_count",),
        ),
    ),
    "opencode": (
        Stamp(
            base=("bad_lines.jsonl", 0),
            id=("id",),
            id_form="msg_{:032x}",
            time=("time/created",),
            end=("time/completed",),
            form="milliseconds",
            model=("modelID",),
            input=("tokens/input",),
            output=("tokens/output",),
            total=("tokens/total",),
            also={"tokens/reasoning": 0, "tokens/cache/read": 0, "tokens/cache/write": 0},
        ),
        Stamp(
            base=("opencode_1.18.33_loopback.db", 1),
            table="message",
            json=("data",),
            id=("id",),
            id_form="msg_{:032x}",
            time=("data/time/created",),
            end=("data/time/completed",),
            form="milliseconds",
            model=("data/modelID",),
            input=("data/tokens/input",),
            output=("data/tokens/output",),
            total=("data/tokens/total",),
            also={"data/tokens/reasoning": 0, "data/tokens/cache/read": 0, "data/tokens/cache/write": 0},
        ),
        Stamp(
            base=("sessions_v2.db", 1),
            table="session_message",
            json=("data",),
            id=("id",),
            id_form="msg_{:032x}",
            time=("data/time/created",),
            end=("data/time/completed",),
            form="milliseconds",
            model=("data/model/id",),
            input=("data/tokens/input",),
            output=("data/tokens/output",),
            also={"data/tokens/reasoning": 0, "data/tokens/cache/read": 0, "data/tokens/cache/write": 0},
        ),
    ),
    "llm": (
        Stamp(
            base=("exported_0.36.json", 10),
            id=("id", "response_json/id"),
            time=("datetime_utc",),
            form="iso",
            model=("response_json/model",),
            input=("input_tokens", "response_json/usage/prompt_tokens"),
            output=("output_tokens", "response_json/usage/completion_tokens"),
            total=("response_json/usage/total_tokens",),
        ),
        Stamp(
            base=("upgraded_0.36.db", 1),
            table="turns",
            json=("response_json", "token_details"),
            id=("id", "response_json/id"),
            time=("datetime_utc",),
            form="iso",
            model=("response_json/model",),
            input=("input_tokens", "response_json/usage/prompt_tokens"),
            output=("output_tokens", "response_json/usage/completion_tokens"),
            total=("response_json/usage/total_tokens",),
            also={"token_details/prompt_tokens_details/cached_tokens": 64},
        ),
        Stamp(
            base=("logs_0.13.1.db", 0),
            table="responses",
            json=("response_json",),
            id=("id", "response_json/id"),
            time=("datetime_utc",),
            form="clock",
            model=("response_json/model",),
            input=("response_json/usage/prompt_tokens",),
            output=("response_json/usage/completion_tokens",),
            total=("response_json/usage/total_tokens",),
        ),
    ),
    "cline": (
        Stamp(
            base=("bad_lines.jsonl", 0),
            id=("messages/0/id",),
            id_form="msg_{:032x}",
            time=("messages/0/ts",),
            form="milliseconds",
            model=("messages/0/modelInfo/id",),
            input=("messages/0/metrics/inputTokens",),
            output=("messages/0/metrics/outputTokens",),
        ),
    ),
    "codex": (
        Stamp(
            base=("bad_lines.jsonl", 12),
            id=("payload/response_id",),
            id_form="resp_{:032x}",
            time=("timestamp",),
            form="iso",
            model=("payload/info/model",),
            input=("payload/usage/input_tokens",),
            output=("payload/usage/output_tokens",),
            total=("payload/usage/total_tokens",),
            # A turn that began after all of these sessions: no line of it is a copy.
            also={"payload/turn_id": "01f3c000-0000-7000-8000-000000000001"},
        ),
    ),
    "csv": (
        Stamp(
            base=("ids.csv", 0),
            id=("Request ID",),
            time=("Created At",),
            form="clock",
            model=("Model",),
            input=("Prompt Tokens",),
            output=("Completion Tokens",),
        ),
    ),
    "jsonl": (
        Stamp(
            base=("iso.ndjson", 0),
            time=("timestamp",),
            form="iso",
            model=("model",),
            input=("input_tokens",),
            output=("output_tokens",),
        ),
    ),
}


@dataclass(frozen=True)
class Source:
    """The records of one stamp's source, ready to be stamped."""

    name: str
    stamp: Stamp
    base: Any
    others: tuple[Any, ...]

    @property
    def is_database(self) -> bool:
        return bool(self.stamp.table)

    @property
    def is_table(self) -> bool:
        return self.stamp.base[0].endswith((".csv", ".tsv"))

    @property
    def has_documents(self) -> bool:
        """Whether an array of its records is a file of it: not of rows, nor of pages."""
        return not self.is_table and not self.is_database and _elements(self.base) == [self.base]

    def record(self, number: int, model: str) -> Any:  # noqa: ANN401 - as JSON gives it
        """The base with values of its own: an id, a time and tokens that follow from the number."""
        record = copy.deepcopy(self.base)
        stamp = self.stamp
        # Those to be broken are days before the good ones: no bucket of theirs is one of the good.
        moment = BEGIN + number * stamp.step * (1 if model == GOOD else -1)
        sent, got = tokens(number)
        values: list[tuple[tuple[str, ...], Any]] = [
            # Of ids that are alike, one with a bad byte could be another.
            (stamp.id, stamp.id_form.format(int(md5(f"{model} {number}".encode()).hexdigest(), 16))),  # noqa: S324 - an id
            (stamp.time, FORMS[stamp.form](moment)),
            (stamp.end, FORMS[stamp.form](moment + stamp.step)),
            (stamp.model, model),
            (stamp.input, sent),
            (stamp.output, got),
            (stamp.total, sent + got),
        ]
        for paths, value in values:
            for path in paths:
                put(record, path, value)
        for path, value in stamp.also.items():
            put(record, path, value)
        return record

    def line(self, record: Any) -> bytes:  # noqa: ANN401 - as JSON gives it
        """A record as it stands in a file."""
        if self.is_table:
            return row(record.values())
        return json.dumps(record).encode()

    @property
    def heading(self) -> bytes:
        return row(self.base) + b"\n" if self.is_table else b""


def tokens(number: int) -> tuple[int, int]:
    """The input and output tokens of a record."""
    return 1000 + number % 9000, 10 + number % 90


def sources(name: str) -> list[Source]:
    """The sources of an adapter, one per stamp. Raises `KeyError` where it has none."""
    paths = sorted((CORPUS / name).iterdir())
    records = [line for path in paths for line in _lines(path)]
    found = []
    for stamp in STAMPS[name]:
        path, place = CORPUS / name / stamp.base[0], stamp.base[1]
        if stamp.table:
            rows = {each: databases.rows(each, stamp.table, stamp.json) for each in paths if each.suffix == ".db"}
            base = rows[path][place]
            others = [{column: row.get(column) for column in base} for each in rows.values() for row in each]
            found.append(Source(name, stamp, base, tuple(others)))
        else:
            found.append(Source(name, stamp, _base(path, place), tuple(records)))
    return found


def put(record: Any, path: str, value: Any) -> None:  # noqa: ANN401 - as JSON gives it
    """Set the value at a path of a record; a part of it that is not there yet is made."""
    *steps, last = path.split("/")
    for step in steps:
        record = _at(record, step)
    if isinstance(record, list):
        record[int(last)] = value
    else:
        # As text where the corpus has text there.
        record[last] = str(value) if isinstance(record.get(last), str) else value


def _at(record: Any, step: str) -> Any:  # noqa: ANN401 - as JSON gives it
    if isinstance(record, list):
        return record[int(step)] if step.isdigit() else next(each for each in record if each.get("key") == step)
    if not isinstance(record.get(step), dict | list):
        record[step] = {}
    return record[step]


def row(cells: Any) -> bytes:  # noqa: ANN401 - whatever can be written
    """A row of a CSV file without its line end."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(cells)
    return out.getvalue().encode()


def _lines(path: Path) -> list[bytes]:
    """What stands in a file of the corpus, record by record, broken ones too."""
    if path.name.endswith(("README.md", "cases.toml", ".expected.csv", ".parquet", ".gz", ".zst", ".db")):
        return []
    content = path.read_bytes()
    if path.suffix == ".json":
        try:
            return [json.dumps(record).encode() for record in _elements(json.loads(content))]
        except ValueError:
            pass
    return [line for line in content.split(b"\n") if line.strip()]


def _base(path: Path, place: int) -> Any:  # noqa: ANN401 - as JSON gives it
    if path.suffix in {".csv", ".tsv"}:
        text = path.read_text("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text), delimiter="\t" if path.suffix == ".tsv" else ","))[place]
    return json.loads(_lines(path)[place])


def _elements(content: Any) -> list[Any]:  # noqa: ANN401 - as JSON gives it
    """The elements of an array or of the list in a page; else the one record it is."""
    if isinstance(content, list):
        return content
    for name in ("data", "items", "logs", "result", "rows"):
        inner = content.get(name) if isinstance(content, dict) else None
        if isinstance(inner, list):
            return inner
        if isinstance(inner, dict) and _elements(inner) != [inner]:
            return _elements(inner)
    return [content]
