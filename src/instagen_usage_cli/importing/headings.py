"""Which column of a CSV, or key of a JSON record, is which field: recognised by name, never guessed by content."""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import errors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# The fields in the order of the columns of `cells` (readers/json_cells.sql), with the headings that mean them:
# lower case, without separators, units apart. English and Chinese.
SYNONYMS: dict[str, str] = {
    "started_at": "started at|start time|started|time|date|datetime|date time|timestamp|ts|created|created at|created time"
    "|creation time|request time|requested at|day|usage date|时间|日期|创建时间|请求时间|调用时间|开始时间|时间戳",
    "ended_at": "ended at|end time|finished at|completed at|结束时间|完成时间",
    "upstream_id": "id|request id|response id|generation id|upstream id|请求id|响应id",
    "provider": "provider|provider name|vendor|供应商|提供商|服务商",
    "host": "host|base url|api base|endpoint|主机",
    "account": "account|account name|organization|organisation|organization name|账户|账号|组织",
    "model": "model|model name|model id|模型|模型名称|模型名|模型id",
    "requested_model": "requested model|model requested|model group|请求模型",
    "operation": "operation|call type|request type|操作|请求类型",
    "access_key": "key|access key|access key name|api key|api key name|apikey|key name|token name|密钥|密钥名称|访问密钥|令牌|令牌名称|令牌名"
    "|api密钥",
    "project": "project|project name|team|team name|workspace|项目|项目名称|团队",
    "user": "user|user name|username|end user|用户|用户名|用户名称",
    "session": "session|session id|conversation|conversation id|thread id|会话|会话id",
    "status": "status|state|result|success|outcome|状态|结果|是否成功",
    "http_status": "status code|http status|http status code|http code|response code|状态码",
    "error_type": "error type|error code|error class|错误类型|错误码",
    "service_tier": "service tier|tier|服务等级",
    "stream": "stream|is stream|streamed|streaming|流式|是否流式",
    "requests": "requests|request count|requests count|num requests|number of requests|num model requests|total requests"
    "|calls|api calls|call count|usage count|请求数|请求次数|请求量|调用次数|调用量|次数",
    "failed_requests": "failed|failed requests|failures|errors|error count|失败数|失败次数|失败请求数",
    "input_tokens": "input|input tokens|tokens in|prompt|prompt tokens|tokens prompt|输入|输入tokens|输入token|输入令牌|输入token数"
    "|输入tokens数|提示tokens|提示token|提示词tokens",
    "cache_read_tokens": "cached|cached tokens|cached input tokens|cache read tokens|cache read|cache read input tokens"
    "|prompt cache hit tokens|缓存|缓存tokens|缓存token|缓存命中tokens|缓存读取tokens",
    "cache_write_5m_tokens": "cache write tokens|cache write|cache write 5m tokens|cache creation tokens"
    "|cache creation input tokens|缓存写入tokens|缓存创建tokens",
    "cache_write_1h_tokens": "cache write 1h tokens",
    "output_tokens": "output|output tokens|tokens out|completion|completion tokens|tokens completion|generated tokens|输出"
    "|输出tokens|输出token|输出令牌|输出token数|输出tokens数|补全|补全tokens|补全token|生成tokens",
    "reasoning_tokens": "reasoning|reasoning tokens|thinking tokens|thoughts tokens|推理tokens|思考tokens|推理token",
    "total_tokens": "total|total tokens|tokens|tokens total|token count|总计|总数|总tokens|总token|总令牌|总token数|总tokens数|合计"
    "|合计tokens|tokens总数|令牌总数",
    "duration_ms": "duration|latency|elapsed|elapsed time|response time|total time|耗时|用时|延迟|响应时间|总耗时",
    "duration_s": "",
    "ttft_ms": "ttft|time to first token|first token latency|first token time|首字时间|首字延迟|首字耗时|首token时间|首token延迟",
    "ttft_s": "",
    "cost_usd": "cost|total cost|amount|spend|spent|spending|charge|charged|fee|fees|费用|金额|花费|消费|消费金额|扣费|总费用|成本",
}
FIELDS = tuple(SYNONYMS)
# What --map and --set take beside the fields themselves.
SHORT_NAMES = {
    "time": "started_at", "key": "access_key", "input": "input_tokens", "output": "output_tokens",
    "total": "total_tokens", "cost": "cost_usd", "id": "upstream_id", "reported_cost_usd": "cost_usd",
    "reported_total_tokens": "total_tokens", "latency_ms": "duration_ms", "latency_s": "duration_s",
}  # fmt: skip
CONSTANTS = (
    "provider",
    "host",
    "account",
    "model",
    "operation",
    "access_key",
    "project",
    "user",
    "session",
    "cost_kind",
    "quota_per_unit",
)
COST_KINDS = ("billed", "gateway", "client")
MEASURES = ("requests", "input_tokens", "output_tokens", "total_tokens", "cost_usd")
# Times with their unit in the heading, and money with its currency.
TIMED = {"duration_ms": "duration_s", "ttft_ms": "ttft_s"}
MILLISECONDS = ("ms", "msec", "millisecond", "milliseconds", "毫秒")
SECONDS = ("s", "sec", "secs", "second", "seconds", "秒")
DOLLARS = ("$", "usd", "us$", "美元", "美金")
FOREIGN = (
    "¥",
    "￥",
    "€",
    "£",
    "元",
    "人民币",
    "cny",
    "rmb",
    "eur",
    "gbp",
    "jpy",
    "inr",
    "krw",
    "chf",
    "hkd",
    "cad",
    "aud",
    "sgd",
)
UNITS = {*MILLISECONDS, *SECONDS, *DOLLARS, *FOREIGN}
DELIMITERS = (",", ";", "\t", "|")
MAX_HEADINGS_SHOWN = 20
MAX_HEADING_SHOWN = 40
MAX_NESTING = 50  # of JSON keys: nothing that lies deeper is a field


@dataclass(frozen=True)
class Mapping:
    """How the columns of a file are read.

    `fields` maps a field to its heading; `columns` is the `$columns` parameter of `cells`; `skip` counts the lines
    up to and including the heading; `source_tz` is the zone that the heading of the time names, if it does.
    """

    fields: dict[str, str]
    columns: dict[str, Any] = field(hash=False)
    delimiter: str = ","
    skip: int = 0
    source_tz: str | None = None


def of_table(head: str, name: str, wanted: dict[str, str]) -> Mapping:
    """The mapping of a CSV file, from its first lines and the wanted field=heading pairs.

    Raises `NoTimeColumn`, `NoMeasureColumn`, `CompetingColumns`, `NoSuchHeading` or `ForeignCurrency`.
    """
    delimiter, skip, headings = _heading_row(head)
    fields = _recognise(headings, name, wanted)
    of_heading = {heading: field for field, heading in fields.items()}
    columns = {}
    for place, heading in enumerate(headings):
        field_name = of_heading.pop(heading, None)  # of two equal headings the first is meant
        columns[field_name or f"unused {place}"] = "varchar"
    return Mapping(fields, columns, delimiter, skip, _zone(fields))


def as_they_are(head: str) -> Mapping:
    """The columns of a CSV file under their own headings, for a source that knows them."""
    delimiter, skip, headings = _heading_row(head)
    taken: set[str] = set()
    columns = {}
    for place, heading in enumerate(headings):
        is_free = heading and heading.casefold() not in taken
        taken.add(heading.casefold())
        columns[heading if is_free else f"unused {place}"] = "varchar"
    return Mapping({}, columns, delimiter, skip)


def of_head(head: str, shape: str) -> list[str]:
    """The headings of a table: of CSV in its heading row; of others one per line, of Parquet before its type."""
    return _heading_row(head)[2] if shape == "table" else [line.split("\t")[0] for line in head.splitlines()]


def of_records(head: str, shape: str, name: str, wanted: dict[str, str]) -> Mapping:
    """The mapping of JSON records, from the keys in the first 64 KiB; nested keys are written with dots.

    Raises as `of_table`.
    """
    pointers: dict[str, str] = {}
    for record in _sample(head, shape):
        for key, pointer in _keys(record):
            pointers.setdefault(key, pointer)
    if not pointers:
        if _is_empty(head):
            raise errors.NoRecords(path=name)
        raise errors.Unreadable(
            path=name, why="no JSON object ends within its first 64 KiB; say which source it is with --from"
        )
    fields = _recognise(list(pointers), name, wanted, anywhere=True)
    found = {field: pointers.get(key) or _pointer(*key.split(".")) for field, key in fields.items()}
    places = {field: place for place, field in enumerate(found, 1)}
    columns = {"pointers": list(found.values()), **{field: places.get(field, 0) for field in FIELDS}}
    return Mapping(fields, columns, source_tz=_zone(fields))


def _zone(fields: dict[str, str]) -> str | None:
    """`Time (UTC)` and `created_at_utc` name their zone."""
    words = re.split(r"[^a-z]+", unicodedata.normalize("NFKC", fields["started_at"]).casefold())
    return "UTC" if {"utc", "gmt"} & set(words) else None


def field_named(name: str, option: str, known: Iterable[str] = FIELDS) -> str:
    """The field of that name or short name. Raises `UnknownField`."""
    known = tuple(known)
    found = SHORT_NAMES.get(name, name)
    if found not in known:
        raise errors.UnknownField(name=name, option=option, known=", ".join(known))
    return found


def _recognise(headings: list[str], name: str, wanted: dict[str, str], *, anywhere: bool = False) -> dict[str, str]:
    fields = _wanted(headings, name, wanted, anywhere=anywhere)
    taken = set(fields.values())
    candidates: dict[str, list[str]] = {}
    foreign = ""
    for heading in headings:
        found, unit = _field_of(heading)
        if unit in FOREIGN and found == "cost_usd":
            foreign = heading
        elif found and found not in wanted and heading not in taken:
            candidates.setdefault(found, []).append(heading)
    for found, competing in candidates.items():
        fields[found] = _one_of(found, competing, name)
    if foreign and "cost_usd" not in fields and "cost_usd" not in wanted:
        raise errors.ForeignCurrency(path=name, heading=foreign)
    _check(fields, name, headings)
    return fields


def _wanted(headings: list[str], name: str, wanted: dict[str, str], *, anywhere: bool) -> dict[str, str]:
    """The pairs given by the user; a heading may be given in any case. An empty heading leaves a field out."""
    by_fold = {heading.casefold(): heading for heading in reversed(headings)}
    fields = {}
    for field_name, heading in wanted.items():
        found = heading if heading in headings else by_fold.get(heading.casefold())
        if heading and found is None and not anywhere:
            raise errors.NoSuchHeading(path=name, heading=heading, found=_shown(headings))
        if heading:
            fields[field_name] = found or heading
    return fields


def _one_of(found: str, competing: list[str], name: str) -> str:
    """The one heading for a field: one that says tokens where tokens are meant, and of those the least nested.

    Raises `CompetingColumns` when there are two of them.
    """
    distinct = list(dict.fromkeys(competing))
    if found.endswith("_tokens"):  # `input` beside `input_tokens` is a text
        distinct = [heading for heading in distinct if _says_tokens(heading)] or distinct
    depth = min(heading.count(".") for heading in distinct)
    nearest = [heading for heading in distinct if heading.count(".") == depth]
    if len(nearest) > 1:
        headings = " and ".join(repr(heading) for heading in nearest)
        raise errors.CompetingColumns(path=name, headings=headings, field=found)
    return nearest[0]


def _says_tokens(heading: str) -> bool:
    return "token" in heading.rsplit(".", 1)[-1].casefold() or "令牌" in heading


def _check(fields: dict[str, str], name: str, headings: list[str]) -> None:
    if "started_at" not in fields:
        raise errors.NoTimeColumn(path=name, found=_shown(headings))
    if not any(measure in fields for measure in MEASURES):
        raise errors.NoMeasureColumn(path=name, found=_shown(headings))


def _field_of(heading: str) -> tuple[str | None, str | None]:
    """The field that a heading means, and its unit."""
    words, unit = _words_and_unit(heading)
    found = _LOOKUP.get(words.replace(" ", ""))
    if found in TIMED:
        return (found if unit in MILLISECONDS else TIMED[found] if unit in SECONDS else None), unit
    if unit is not None and found != "cost_usd":
        return None, unit
    if words in ("usd", "$") and not found:
        return "cost_usd", unit
    return found, unit


def _words_and_unit(heading: str) -> tuple[str, str | None]:
    """`Latency (ms)` → `latency`, `ms`; `cost_usd` → `cost`, `usd`; the last part of a dotted key."""
    text = unicodedata.normalize("NFKC", heading.rsplit(".", 1)[-1])
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text).casefold()
    bracketed = re.fullmatch(r"(.+?)\s*[(\[【](.+?)[)\]】]\s*", text.strip())
    if bracketed:
        inner = bracketed[2].strip()
        unit = inner if inner in UNITS else None
        words = bracketed[1] if unit or inner in ("utc", "tokens", "token") else text
    else:
        words, unit = text, None
    parts = re.sub(r"[\s_\-/:]+", " ", words).strip().split(" ")
    if unit is None and len(parts) > 1 and parts[-1] in UNITS:
        unit = parts.pop()
    if parts[-1] == "utc" and len(parts) > 1:
        parts.pop()
    return " ".join(parts), unit


_LOOKUP = {
    synonym.replace(" ", ""): field_name
    for field_name, text in SYNONYMS.items()
    for synonym in text.split("|")
    if synonym
}


def _heading_row(head: str) -> tuple[str, int, list[str]]:
    """The delimiter, the lines up to and including the headings, and the headings."""
    lines = head.splitlines()
    skip = 0
    if lines and re.fullmatch(r"sep=.", lines[0].strip(), re.IGNORECASE):
        skip = 1
    while skip < len(lines) - 1 and not lines[skip].strip(" ,;\t|"):
        skip += 1
    first = lines[skip] if skip < len(lines) else ""
    delimiter = max(DELIMITERS, key=lambda mark: (_outside_quotes(first).count(mark), mark == ","))
    headings = next(csv.reader([first], delimiter=delimiter), [])
    return delimiter, skip + 1, [heading.strip() for heading in headings]


def _outside_quotes(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _sample(head: str, shape: str) -> Iterator[dict[str, Any]]:
    """The JSON objects that lie whole in the head; the records of those that are pages."""
    if shape in ("lines", "pages"):
        for line in head.splitlines():
            yield from _objects(line)
        return
    decoder, place = json.JSONDecoder(), head.find("{")
    while place >= 0:
        try:
            record, end = decoder.raw_decode(head, place)
        except (ValueError, RecursionError):
            return
        if isinstance(record, dict):
            yield from _elements(record)
        place = head.find("{", end)


def _is_empty(head: str) -> bool:
    """Whether a file is one JSON value without any record."""
    try:
        content = json.loads(head)
    except (ValueError, RecursionError):
        return False
    return content == [] or (isinstance(content, dict) and not _elements(content))


def _elements(record: dict[str, Any]) -> list[dict[str, Any]]:
    """The records of a page of an API, or the record itself: as `elements_of` in readers/values.sql."""
    data = record.get("data")
    inner = data if isinstance(data, dict) else {}
    lists = [inner.get("items"), inner.get("rows"), None if "usage" in record else data]
    lists += [record.get(name) for name in ("items", "logs", "result")]
    found = next((each for each in lists if isinstance(each, list)), [record])
    return [each for each in found if isinstance(each, dict)]


def _objects(line: str) -> Iterator[dict[str, Any]]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return
    if isinstance(record, dict):
        yield from _elements(record)


def _keys(record: dict[str, Any], *above: str) -> Iterator[tuple[str, str]]:
    """Each key of a record, nested ones written with dots, and the JSON pointer to it."""
    for key, value in record.items():
        if not isinstance(value, dict):
            yield ".".join((*above, key)), _pointer(*above, key)
        elif len(above) < MAX_NESTING:
            yield from _keys(value, *above, key)


def _pointer(*keys: str) -> str:
    return "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)


def _shown(headings: list[str]) -> str:
    more = ", …" if len(headings) > MAX_HEADINGS_SHOWN else ""
    return (", ".join(map(_cut, headings[:MAX_HEADINGS_SHOWN])) or "none") + more


def _cut(heading: str) -> str:
    """A heading as it may be shown: what reads like a sentence or like JSON may be somebody's text."""
    if not re.fullmatch(r"[^\s{}\[\]\"]*( [^\s{}\[\]\"]+){0,3}", heading):
        return "…"
    return heading if len(heading) <= MAX_HEADING_SHOWN else heading[:MAX_HEADING_SHOWN] + "…"
