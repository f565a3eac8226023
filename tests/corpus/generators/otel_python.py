"""Make spans with one real OpenTelemetry instrumentation of the OpenAI client, against the server of loopback.py.

    python otel_python.py openai_v2|genai_openai|traceloop|openinference FILE

in an environment with that instrumentation, openai, opentelemetry-sdk and opentelemetry-exporter-otlp-proto-common. The
file gets one export of spans on each line, in the JSON of OTLP, as the file exporter of the Collector writes it.
"""
# ruff: noqa: INP001
# mypy: disable-error-code="import-not-found,import-untyped"

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any

from loopback import BASE_URL, Server

INSTRUMENTATIONS = {
    "openai_v2": "opentelemetry.instrumentation.openai_v2",
    "genai_openai": "opentelemetry.instrumentation.genai.openai",
    "traceloop": "opentelemetry.instrumentation.openai",
    "openinference": "openinference.instrumentation.openai",
}
WITHOUT_CONTENT = {
    "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT": "NO_CONTENT",
    "TRACELOOP_TRACE_CONTENT": "false",
    "TRACELOOP_METRICS_ENABLED": "false",
    "OPENINFERENCE_HIDE_INPUTS": "true",
    "OPENINFERENCE_HIDE_OUTPUTS": "true",
    "OPENINFERENCE_HIDE_EMBEDDING_VECTORS": "true",
    "OPENINFERENCE_HIDE_EMBEDDINGS_VECTORS": "true",
    "OPENINFERENCE_HIDE_EMBEDDINGS_TEXT": "true",
}
IDS = {"traceId", "spanId", "parentSpanId"}
SCRUBBED = {"exception.stacktrace"}


def as_collector(value: Any, key: str = "") -> Any:  # noqa: ANN401
    """The JSON of protobuf as that of OTLP: ids in hexadecimal; and no paths of this machine."""
    if isinstance(value, dict):
        if value.get("key") in SCRUBBED:
            return {"key": value["key"], "value": {"stringValue": "scrubbed"}}
        return {name: as_collector(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [as_collector(part) for part in value]
    return base64.b64decode(value).hex() if key in IDS else value


def make_exporter(path: Path) -> Any:  # noqa: ANN401
    """An exporter that writes each batch as a line."""
    from google.protobuf.json_format import MessageToDict
    from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    class FileExporter(SpanExporter):  # type: ignore[misc]
        def export(self, spans: Any) -> Any:  # noqa: ANN401
            batch = as_collector(MessageToDict(encode_spans(spans), use_integers_for_enums=True))
            with path.open("a") as file:
                file.write(json.dumps(batch, separators=(",", ":")) + "\n")
            return SpanExportResult.SUCCESS

    return FileExporter()


def instrument(name: str, provider: Any) -> None:  # noqa: ANN401
    """Switch the instrumentation on."""
    import importlib

    options = {}
    if name == "openinference":
        from openinference.instrumentation import TraceConfig

        options = {"config": TraceConfig(hide_inputs=True, hide_outputs=True, hide_embedding_vectors=True)}
    importlib.import_module(INSTRUMENTATIONS[name]).OpenAIInstrumentor().instrument(tracer_provider=provider, **options)


def call() -> None:
    """Make the calls."""
    import contextlib

    from openai import NotFoundError, OpenAI, RateLimitError
    from opentelemetry import trace

    client = OpenAI(base_url=BASE_URL, api_key="sk-none", max_retries=0)
    messages: Any = [{"role": "user", "content": "A question"}]
    create = client.chat.completions.create
    with trace.get_tracer("job").start_as_current_span("nightly job"):
        create(model="openai/gpt-oss-120b", messages=messages, max_tokens=500)
        with_usage = {"stream": True, "stream_options": {"include_usage": True}}
        list(create(model="deepseek-ai/DeepSeek-V3.1", messages=messages, **with_usage))
    list(create(model="deepseek-ai/DeepSeek-V3.1", messages=messages, stream=True))
    with contextlib.suppress(RateLimitError):
        create(model="busy", messages=messages)
    with contextlib.suppress(NotFoundError):
        create(model="missing", messages=messages)
    client.embeddings.create(model="openai/text-embedding-3-small", input="A text")


def main() -> None:
    """Read the arguments."""
    name, path = sys.argv[1], Path(sys.argv[2])
    os.environ.update(WITHOUT_CONTENT)
    from opentelemetry import trace
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    path.unlink(missing_ok=True)
    Server().start()
    provider = TracerProvider(resource=Resource.create({"service.name": "demo"}))
    provider.add_span_processor(BatchSpanProcessor(make_exporter(path), max_export_batch_size=4))
    trace.set_tracer_provider(provider)
    instrument(name, provider)
    call()
    provider.shutdown()


if __name__ == "__main__":
    main()
