"""The sources that can be read: one `Adapter` and one SELECT each.

An adapter's SELECT reads `texts` (a JSON text per record: a line, an element of an array or page, a row of a table) or
`cells` (mapped columns) and returns a subset of the columns of `staged`, one row per record; unknown is NULL, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """How one source is recognised and read.

    `name` is the value of `--from`; `marks` are patterns that must all occur in the first 64 KiB of a JSON file and
    `unless` patterns that must not; of a table (CSV, Parquet), all headings of one of `headings` must be there, in any
    case. `version` grows when the SELECT reads the same file differently. Where several sources tell of one request,
    the lowest `precedence` is believed first. A `mapped` adapter needs its columns named; one that is not `hosted`
    cannot tell who answered.
    """

    name: str
    title: str
    sql: str
    precedence: int
    cost_kind: str = "client"
    version: int = 1
    marks: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    headings: tuple[tuple[str, ...], ...] = ()
    mapped: bool = False
    hosted: bool = False


ADAPTERS = (
    Adapter(
        name="litellm",
        title="LiteLLM StandardLoggingPayload",
        sql="litellm",
        version=2,
        precedence=1,
        marks=('"call_type"', '"startTime"', '"custom_llm_provider"|"response_cost"'),
        unless=(r'(?s)\A(?!.*"response_cost"\s*:).*"spend"\s*:', r'"parentObservationId"\s*:', r'"resourceSpans"\s*:'),
        hosted=True,
    ),
    Adapter(
        name="litellm-spend",
        title="LiteLLM spend logs",
        sql="litellm_spend",
        precedence=2,
        marks=(
            r'"startTime"\s*:',
            r'"spend"\s*:',
            r'"request_id"\s*:|"users"\s*:\s*\{',
            r'"api_key"\s*:|"models"\s*:\s*\{',
        ),
        unless=(r'"response_cost"\s*:',),
        headings=(("request_id", "api_key", "spend", "starttime"),),
        hosted=True,
    ),
    Adapter(
        name="new-api",
        title="new-api usage log",
        sql="new_api",
        precedence=3,
        cost_kind="gateway",
        marks=(r'"created_at"\s*:', r'"model_name"\s*:', r'"quota"\s*:', r'"use_time"\s*:'),
        headings=(("created_at", "type", "model_name", "quota", "prompt_tokens", "completion_tokens", "use_time"),),
    ),
    Adapter(
        name="one-api",
        title="one-api log",
        sql="one_api",
        precedence=4,
        cost_kind="gateway",
        marks=(r'"created_at"\s*:', r'"model_name"\s*:', r'"quota"\s*:', r'"token_name"\s*:'),
        unless=(r'"use_time"\s*:',),
        headings=(("created_at", "type", "model_name", "quota", "prompt_tokens", "completion_tokens", "elapsed_time"),),
    ),
    Adapter(
        name="openrouter",
        title="OpenRouter generations and activity",
        sql="openrouter",
        precedence=5,
        cost_kind="billed",
        marks=(
            r'"(byok_usage_inference|native_tokens_prompt|native_tokens_completion)"\s*:',
            r'"(usage|total_cost)"\s*:\s*"?(\d|null)',
        ),
        headings=(
            ("generation_id", "created_at", "cost_total", "tokens_prompt"),
            ("date", "slug", "usage", "byok usage"),
            ("date", "model_permaslug", "usage", "byok_usage_inference"),
            ("id", "created_at", "native_tokens_prompt", "total_cost"),
        ),
        hosted=True,
    ),
    Adapter(
        name="helicone",
        title="Helicone requests",
        sql="helicone",
        precedence=6,
        marks=(r'"(request|response)_created_at"\s*:', r'"(request|response)_id"\s*:'),
        headings=(("response_id", "request_created_at"), ("request_id", "request_created_at")),
        hosted=True,
    ),
    Adapter(
        name="portkey",
        title="Portkey log export",
        sql="portkey",
        precedence=7,
        marks=(
            r'"ai_(org|model)"\s*:',
            r'"created_at"\s*:',
            r'"(req_units|res_units|total_units|cost_currency|response_status_code|is_success)"\s*:',
        ),
        headings=(("ai_model", "created_at", "req_units"), ("ai_org", "created_at", "cost")),
        hosted=True,
    ),
    Adapter(
        name="otel",
        title="OpenTelemetry traces (OTLP-JSON)",
        sql="otel",
        precedence=8,
        marks=(r'"resource(Spans|Metrics|Logs)"\s*:\s*\[',),
        hosted=True,
    ),
    Adapter(
        name="langfuse",
        title="Langfuse observations and traces",
        sql="langfuse",
        precedence=9,
        marks=(r'"parentObservationId"\s*:', r'"startTime"\s*:', r'"traceId"\s*:'),
        headings=(("id", "traceid", "parentobservationid", "starttime"),),
    ),
    Adapter(
        name="claude-code",
        title="Claude Code sessions",
        sql="claude_code",
        precedence=10,
        marks=(r'"(isSidechain|leafUuid)"\s*:|(?s:"sessionId"\s*:.*"cache_creation_input_tokens"\s*:)',),
        unless=('"call_type"', r'"parentObservationId"\s*:', r'"resource(Spans|Metrics|Logs)"\s*:\s*\['),
        hosted=True,
    ),
    Adapter(
        name="gemini-cli",
        title="Gemini CLI sessions",
        sql="gemini_cli",
        precedence=12,
        marks=(r'"sessionId"\s*:', r'"projectHash"\s*:|"type"\s*:\s*"gemini"'),
        unless=(r'"parentUuid"\s*:',),
        hosted=True,
    ),
    Adapter(
        name="aider",
        title="Aider analytics log",
        sql="aider",
        precedence=13,
        marks=(
            r'"event"\s*:\s*"(launched|message_send|message_send_starting|cli session|gui session|exit)"',
            r'"properties"\s*:\s*\{',
            r'"user_id"\s*:',
            r'"time"\s*:\s*\d',
        ),
        hosted=True,
    ),
    Adapter(
        name="qwen-code",
        title="Qwen Code sessions",
        sql="qwen_code",
        precedence=11,
        marks=(
            r'"parentUuid"\s*:|"localMonth"\s*:.*"authType"\s*:|"totalLatencyMs"\s*:.*"totalCalls"\s*:',
            r'"sessionId"\s*:',
            r'"(systemPayload|parts|localMonth|totalLatencyMs)"\s*:',
        ),
        unless=(r'"isSidechain"\s*:',),
    ),
    Adapter(
        name="openai-response",
        title="OpenAI-compatible responses and streams",
        sql="openai_response",
        precedence=20,
        marks=(r'"object"\s*:\s*"(chat\.completion|text_completion|response|embedding|list)',),
        unless=(
            '"call_type"',
            r'"n_context_tokens_total"\s*:',
            r'"ai_(org|model)"\s*:',
            r'"(request|response)_created_at"\s*:',
            r'"parentObservationId"\s*:',
            r'"resourceSpans"\s*:',
        ),
    ),
    Adapter(
        name="openai-usage",
        title="OpenAI usage and costs: API pages and dashboard CSV",
        sql="openai_usage",
        precedence=21,
        cost_kind="billed",
        marks=(
            r'"object"\s*:\s*"(page|bucket)"|"n_context_tokens_total"\s*:',
            r'"(start_time|has_more|n_requests)"\s*:',
        ),
        headings=(
            ("start_time", "end_time", "num_model_requests"),
            ("start_time", "end_time", "amount_value", "amount_currency"),
            ("start_time", "end_time", "start_time_iso", "end_time_iso"),
        ),
        hosted=True,
    ),
    Adapter(
        name="anthropic-usage",
        title="Anthropic usage and cost reports: API pages and Console CSV",
        sql="anthropic_usage",
        precedence=22,
        cost_kind="billed",
        marks=(r'"starting_at"\s*:', r'"ending_at"\s*:', r'"results"\s*:'),
        unless=(r'"object"\s*:\s*"(page|bucket)"',),
        headings=(
            ("usage_date_utc", "usage_input_tokens_no_cache", "usage_output_tokens"),
            ("usage_date_utc", "cost_usd"),
        ),
        hosted=True,
    ),
    Adapter(
        name="csv",
        title="CSV or TSV by its headings",
        sql="cells",
        precedence=30,
        cost_kind="billed",
        mapped=True,
    ),
    Adapter(name="jsonl", title="JSON records by their keys", sql="cells", precedence=31, mapped=True),
)


def named(name: str) -> Adapter | None:
    """The adapter of that name."""
    return next((adapter for adapter in ADAPTERS if adapter.name == name), None)
