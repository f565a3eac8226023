"""The fields that a mapped file may have: the headings that mean them, their short names, and the units of headings."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from instagen_usage_cli import errors

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

# The fields in the order of the columns of `cells` (readers/json_cells.sql), with the headings that mean them:
# lower case, without separators, units apart. English and Chinese.
SYNONYMS: dict[str, str] = {
    "started_at": "started at|start time|started|time|date|datetime|date time|timestamp|ts|created|created at|created time"
    "|creation time|request time|requested at|day|usage date|start date|period start|时间|日期|创建时间|请求时间|调用时间|开始时间|时间戳",
    "ended_at": "ended at|end time|end date|period end|finished at|completed at|结束时间|完成时间",
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
    "cache_hit": "cache hit|is cached|from cache|served from cache|缓存命中|是否缓存",
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
    "total_tokens": "total tokens|tokens|tokens total|token count|总tokens|总token|总令牌|总token数|总tokens数"
    "|合计tokens|tokens总数|令牌总数",
    "duration_ms": "duration|latency|elapsed|elapsed time|response time|total time|耗时|用时|延迟|响应时间|总耗时",
    "duration_s": "",
    "ttft_ms": "ttft|time to first token|first token latency|first token time|首字时间|首字延迟|首字耗时|首token时间|首token延迟",
    "ttft_s": "",
    "cost_usd": "cost|total cost|spend|spent|spending|charge|charged|fee|fees|费用|金额|花费|消费|消费金额|扣费|总费用|成本",
    "currency": "currency|currency code|cost currency|billing currency|unit|units|cost unit|币种|货币|币别|货币单位|currency name"
    "|währung|devise|moneda|valuta|通貨",
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
# Headings that may be money or counts, or sums of either: what they mean, their unit or the headings beside them say.
AMOUNTS = ("amount",)
SUMS = ("total", "总计", "总数", "合计")
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


def field_named(name: str, option: str, known: Iterable[str] = FIELDS) -> str:
    """The field of that name or short name. Raises `UnknownField`."""
    known = tuple(known)
    found = SHORT_NAMES.get(name, name)
    if found not in known:
        raise errors.UnknownField(name=name, option=option, known=", ".join(known))
    return found


def field_of(heading: str, beside: Container[str] = ()) -> tuple[str | None, str | None]:
    """The field that a heading means, and its unit. What could be two things is one by the fields `beside` it, or none."""
    words, unit = _words_and_unit(heading)
    if words in AMOUNTS:
        return ("cost_usd" if unit in DOLLARS or unit in FOREIGN or "currency" in beside else None), unit
    if words in SUMS:
        is_tokens = "token" in heading.casefold() or "cost_usd" in beside or "output_tokens" in beside
        return ("total_tokens" if is_tokens and unit is None else None), unit
    found = _LOOKUP.get(words.replace(" ", ""))
    if found in TIMED:
        return (found if unit in MILLISECONDS else TIMED[found] if unit in SECONDS else None), unit
    if unit is not None and found != "cost_usd":
        return None, unit
    if words in ("usd", "$") and not found:
        return "cost_usd", unit
    return found, unit


def says_dollars(heading: str) -> bool:
    """Whether a heading names US dollars."""
    return _words_and_unit(heading)[1] in DOLLARS or heading.casefold() in DOLLARS


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
