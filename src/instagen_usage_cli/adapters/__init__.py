"""The sources that can be read: one `Adapter` and one SELECT each.

An adapter's SELECT reads `texts` (a JSON text per record: a line, an element of an array or page, a row of a table) or
`cells` (mapped columns) and returns a subset of the columns of `staged`, one row per record; unknown is NULL, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a client keeps its logs: the files that fit one of `patterns` in the folders.

    The `folders` are those that the first of the `variables` of the environment names that is set (several with commas
    between), with what follows a slash behind its name. They may begin with `~`, `$XDG_DATA_HOME`, `$XDG_CONFIG_HOME`
    or `$APPLICATIONS`, the folder of a platform's own applications. Without patterns the place is a file.
    """

    variables: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Adapter:
    """How one source is recognised and read.

    `name` is the value of `--from`; `marks` are patterns that must all occur in the first 64 KiB of a JSON file and
    `unless` patterns that must not; of a table (CSV, Parquet), all headings of one of `headings` must be there, in any
    case. The headings of an SQLite database are its columns, as `table.column`; `queries` are the SELECTs of the folder
    `sqlite` with which SQLite gives its records, a JSON text each. `version` grows when the SELECT reads the same file
    differently. Where several sources tell of one request, the lowest `precedence` is believed first. A `mapped`
    adapter needs its columns named; one that is not `hosted` cannot tell who answered. `places` are where its files lie
    when nothing is named. The SELECT of one that `is_sequential` needs its records in their order; one that
    `is_replayed` tells of the requests of earlier files again, under later times; the records of one that `is_traced`
    are spans, and one call may be told at several layers.
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
    queries: tuple[str, ...] = ()
    places: tuple[Place, ...] = ()
    is_sequential: bool = False
    is_traced: bool = False
    is_replayed: bool = False
    mapped: bool = False
    hosted: bool = False


ADAPTERS = (
    Adapter(
        name="litellm",
        title="LiteLLM StandardLoggingPayload",
        sql="litellm",
        version=3,
        precedence=1,
        marks=('"call_type"', '"startTime"', '"custom_llm_provider"|"response_cost"'),
        unless=(r'(?s)\A(?!.*"response_cost"\s*:).*"spend"\s*:', r'"parentObservationId"\s*:', r'"resourceSpans"\s*:'),
        hosted=True,
    ),
    Adapter(
        name="litellm-spend",
        title="LiteLLM spend logs",
        sql="litellm_spend",
        version=2,
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
        is_traced=True,
        hosted=True,
    ),
    Adapter(
        name="langfuse",
        title="Langfuse observations and traces",
        sql="langfuse",
        version=2,
        precedence=9,
        marks=(r'"parentObservationId"\s*:', r'"startTime"\s*:', r'"traceId"\s*:'),
        headings=(("id", "traceid", "parentobservationid", "starttime"),),
        is_traced=True,
    ),
    Adapter(
        name="claude-code",
        title="Claude Code sessions",
        sql="claude_code",
        version=2,
        precedence=10,
        places=(
            Place(
                variables=("CLAUDE_CONFIG_DIR",),
                folders=("$XDG_CONFIG_HOME/claude", "~/.claude"),
                patterns=("projects/**/*.jsonl",),
            ),
        ),
        marks=(r'"(isSidechain|leafUuid)"\s*:|(?s:"sessionId"\s*:.*"cache_creation_input_tokens"\s*:)',),
        unless=('"call_type"', r'"parentObservationId"\s*:', r'"resource(Spans|Metrics|Logs)"\s*:\s*\['),
        hosted=True,
    ),
    Adapter(
        name="gemini-cli",
        title="Gemini CLI sessions",
        sql="gemini_cli",
        precedence=12,
        places=(
            Place(
                variables=("GEMINI_CLI_HOME/.gemini",),
                folders=("~/.gemini",),
                patterns=("tmp/*/chats/session-*.json*", "tmp/*/chats/*/*.jsonl"),
            ),
        ),
        marks=(r'"sessionId"\s*:', r'"projectHash"\s*:|"type"\s*:\s*"gemini"'),
        unless=(r'"parentUuid"\s*:',),
        hosted=True,
    ),
    Adapter(
        name="aider",
        title="Aider analytics log",
        sql="aider",
        precedence=13,
        places=(Place(variables=("AIDER_ANALYTICS_LOG",)),),
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
        places=(
            Place(
                variables=("QWEN_RUNTIME_DIR", "QWEN_HOME"),
                folders=("~/.qwen",),
                patterns=("projects/*/chats/*.jsonl",),
            ),
        ),
        marks=(
            r'"parentUuid"\s*:|"localMonth"\s*:.*"authType"\s*:|"totalLatencyMs"\s*:.*"totalCalls"\s*:',
            r'"sessionId"\s*:',
            r'"(systemPayload|parts|localMonth|totalLatencyMs)"\s*:',
        ),
        unless=(r'"isSidechain"\s*:',),
    ),
    Adapter(
        name="llm",
        title="llm (simonw/llm) logs.db",
        sql="llm",
        precedence=17,
        places=(
            Place(variables=("LLM_USER_PATH",), folders=("$APPLICATIONS/io.datasette.llm",), patterns=("logs.db",)),
        ),
        marks=(r'"datetime_utc"\s*:', r'"options_json"\s*:', r'"duration_ms"\s*:'),
        headings=(
            ("turns.datetime_utc", "turns.token_details", "turns.resolved_model"),
            ("responses.datetime_utc", "responses.response_json", "responses.conversation_id"),
        ),
        queries=("llm_turns", "llm_responses", "llm_logs"),
        hosted=True,
    ),
    Adapter(
        name="opencode",
        title="OpenCode and Kilo CLI sessions",
        sql="opencode",
        precedence=16,
        places=(
            Place(variables=("OPENCODE_DB",)),
            Place(
                folders=("$XDG_DATA_HOME/opencode",),
                patterns=(
                    "opencode*.db",
                    "storage/message/*/*.json",
                    "project/*/storage/session/message/*/*.json",
                ),
            ),
            Place(variables=("KILO_DB",)),
            Place(folders=("$XDG_DATA_HOME/kilo",), patterns=("*.db",)),
        ),
        marks=(r'"(id|sessionID)"\s*:\s*"ses_', r'"(role|modelID|messageID|projectID)"\s*:'),
        headings=(
            ("message.session_id", "message.data", "part.message_id"),
            ("session_message.type", "session_message.data", "session_v2.id"),
        ),
        queries=("opencode_messages", "opencode_session_messages"),
        hosted=True,
    ),
    Adapter(
        name="codex",
        title="Codex CLI sessions",
        sql="codex",
        version=2,
        precedence=14,
        places=(
            Place(
                variables=("CODEX_HOME",),
                folders=("~/.codex",),
                patterns=("sessions/**/rollout-*.jsonl*", "archived_sessions/**/rollout-*.jsonl*"),
            ),
        ),
        marks=(
            r'"type"\s*:\s*"(session_meta|turn_context|event_msg|response_item|token_usage_record|compacted)"',
            r'"payload"\s*:\s*\{',
            r'"timestamp"\s*:',
        ),
        is_sequential=True,
        is_replayed=True,
        hosted=True,
    ),
    Adapter(
        name="cline",
        title="Cline, Roo Code and Kilo Code tasks",
        sql="cline",
        version=2,
        precedence=15,
        places=(
            Place(
                variables=("CLINE_SESSION_DATA_DIR", "CLINE_DATA_DIR/sessions", "CLINE_DIR/data/sessions"),
                folders=("~/.cline/data/sessions",),
                patterns=("*/*.messages.json",),
            ),
            Place(
                variables=("CLINE_DATA_DIR/tasks", "CLINE_DIR/data/tasks"),
                folders=("~/.cline/data/tasks",),
                patterns=("*/ui_messages.json",),
            ),
            Place(
                folders=("$APPLICATIONS", "~/.vscode-server"),
                patterns=(
                    "*/User/globalStorage/saoudrizwan.claude-dev/tasks/*/ui_messages.json",
                    "*/User/globalStorage/rooveterinaryinc.roo-cline/tasks/*/ui_messages.json",
                    "*/User/globalStorage/kilocode.kilo-code/tasks/*/ui_messages.json",
                ),
            ),
        ),
        marks=(
            (
                # What was shown; a session, and its total; totals of tasks; what was sent; files; another log.
                r'"type"\s*:\s*"(say|ask)"\s*,\s*"(say|ask)"\s*:'
                r'|"version"\s*:\s*\d+\s*,\s*"updated_at"\s*:\s*"[^"]*"\s*,'
                r'\s*"(agent|sessionId|origin|conversation_id|source_message_count|messages)"\s*:'
                r'|"session_id"\s*:\s*"[^"]*"\s*,\s*"source"\s*:\s*"[^"]*"\s*,\s*"pid"\s*:'
                r'|"id"\s*:\s*"[\w-]+"\s*,(\s*"(ulid|rootTaskId|parentTaskId|number|ts)"\s*:\s*("[\w-]*"|\d+)\s*,)+\s*"task"\s*:'
                r'|\A\s*\[\s*\{\s*"role"\s*:\s*"(user|assistant)"\s*,\s*"content"\s*:'
                r'|\A\s*\{\s*"files_in_context"\s*:'
                r'|"name"\s*:\s*"cline\.\w+"\s*,\s*"component"\s*:'
            ),
        ),
        headings=(("sessions.session_id", "sessions.messages_path", "sessions.hook_path"),),
        queries=("cline_sessions",),
        is_sequential=True,
        hosted=True,
    ),
    Adapter(
        name="openai-response",
        title="OpenAI-compatible responses and streams",
        sql="openai_response",
        version=2,
        precedence=20,
        is_sequential=True,
        marks=(r'"object"\s*:\s*"(chat\.completion|text_completion|response|embedding|list)',),
        unless=(
            '"call_type"',
            r'"n_context_tokens_total"\s*:',
            r'"ai_(org|model)"\s*:',
            r'"(request|response)_created_at"\s*:',
            r'"parentObservationId"\s*:',
            r'"resourceSpans"\s*:',
            r'"options_json"\s*:',
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
        version=2,
        precedence=30,
        cost_kind="billed",
        mapped=True,
    ),
    Adapter(name="jsonl", title="JSON records by their keys", sql="cells", version=2, precedence=31, mapped=True),
)


def named(name: str) -> Adapter | None:
    """The adapter of that name."""
    return next((adapter for adapter in ADAPTERS if adapter.name == name), None)
