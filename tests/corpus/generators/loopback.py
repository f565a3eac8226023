"""A loopback server that speaks the OpenAI-compatible API, for the generators beside it.

The n-th call answered since the start gets 1200 + 10 n prompt tokens and 180 + n completion tokens, so that every
record can be told from every other one. What else it gets depends on the model:

- `deepseek-ai/DeepSeek-V3.1`: 1024 of the prompt tokens are cached
- `openai/gpt-oss-120b`: 64 of the completion tokens are reasoning, 512 of the prompt tokens are cached
- `zai-org/GLM-4.5-Air`: streams never carry usage, as those of some servers
- `busy`: error 429; `missing`: error 404; `slow`: no answer
- `tools`: streams call the tool `bash`, where it is offered, until two of its results are there
- any other: no details

Any other stream carries usage only if the request has `stream_options.include_usage`. With `--otlp FILE` the server
also takes OTLP/HTTP JSON at /v1/traces and /v1/metrics, and appends each body to the file as a line.
"""

# ruff: noqa: INP001

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PORT = 18655
BASE_URL = f"http://127.0.0.1:{PORT}/v1"
CACHED = {"deepseek-ai/DeepSeek-V3.1": 1024, "openai/gpt-oss-120b": 512}
REASONING = {"openai/gpt-oss-120b": 64}
WITHOUT_USAGE = {"zai-org/GLM-4.5-Air"}
ERRORS = {
    "busy": (429, {"message": "Rate limit reached", "type": "rate_limit_error", "param": None, "code": "rate_limit"}),
    "missing": (
        404,
        {"message": "No such model", "type": "not_found_error", "param": "model", "code": "no_model"},
    ),
}
PAUSE = 0.04  # seconds before an answer, and between the parts of a stream
FOREVER = 3600
RESULTS = 2


class Server(ThreadingHTTPServer):
    """Answers, and counts what it answered."""

    def __init__(self, port: int = PORT, otlp: Path | None = None) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.otlp = otlp
        self.numbers = itertools.count(1)
        self.lock = threading.Lock()

    def start(self) -> None:
        """Serve from a thread that ends with the program."""
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer a call, or keep a body of telemetry."""
        body = self.body()
        path = self.path.removeprefix("/v1")
        if path in {"/traces", "/metrics"} and self.server.otlp:
            with self.server.lock, self.server.otlp.open("ab") as file:
                file.write(body + b"\n")
            self.reply(200, {})
            return
        request = json.loads(body)
        model = request.get("model", "")
        time.sleep(FOREVER if model == "slow" else PAUSE)
        if model in ERRORS:
            status, error = ERRORS[model]
            self.reply(status, {"error": error})
        elif path == "/embeddings":
            self.reply(200, embedding(model, next(self.server.numbers)))
        elif path == "/chat/completions":
            number = next(self.server.numbers)
            if request.get("stream"):
                asked = bool((request.get("stream_options") or {}).get("include_usage"))
                usage_too = asked and model not in WITHOUT_USAGE
                self.stream(chunks(model, number, with_usage=usage_too, is_call=calls_tool(request)))
            else:
                self.reply(200, completion(model, number))
        else:
            self.reply(404, {"error": ERRORS["missing"][1]})

    def body(self) -> bytes:
        """What was posted, whole or in chunks."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        found = b""
        while size := int(self.rfile.readline(), 16):
            found += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return found

    def reply(self, status: int, answer: dict[str, Any]) -> None:
        """Send one JSON document."""
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, parts: list[dict[str, Any]]) -> None:
        """Send the answer as server-sent events."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for chunk in parts:
            self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
            self.wfile.flush()
            time.sleep(PAUSE)
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def head(model: str, number: int, kind: str) -> dict[str, Any]:
    """What every answer begins with; the id depends on the number alone."""
    digest = hashlib.sha256(f"loopback {number}".encode()).hexdigest()[:32]
    return {"id": f"chatcmpl-{digest}", "object": kind, "created": int(time.time()), "model": model}


def usage(model: str, number: int) -> dict[str, Any]:
    """The tokens of the n-th call."""
    prompt, answer = 1200 + 10 * number, 180 + number
    found: dict[str, Any] = {"prompt_tokens": prompt, "completion_tokens": answer, "total_tokens": prompt + answer}
    if model in CACHED:
        found["prompt_tokens_details"] = {"cached_tokens": CACHED[model]}
    if model in REASONING:
        found["completion_tokens_details"] = {"reasoning_tokens": REASONING[model]}
    return found


def completion(model: str, number: int) -> dict[str, Any]:
    """A whole answer."""
    message = {"role": "assistant", "content": "An answer."}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {**head(model, number, "chat.completion"), "choices": [choice], "usage": usage(model, number)}


def calls_tool(request: dict[str, Any]) -> bool:
    """Whether the answer is a call of the tool `bash`."""
    offered = {tool["function"]["name"] for tool in request.get("tools") or []}
    results = sum(message["role"] == "tool" for message in request["messages"])
    return request["model"] == "tools" and "bash" in offered and results < RESULTS


def chunks(model: str, number: int, *, with_usage: bool, is_call: bool = False) -> list[dict[str, Any]]:
    """The parts of a streamed answer."""
    base = head(model, number, "chat.completion.chunk")
    parts: list[dict[str, Any]] = [
        {"delta": {"role": "assistant", "content": "An"}, "finish_reason": None},
        {"delta": {"content": " answer."}, "finish_reason": None},
        {"delta": {}, "finish_reason": "stop"},
    ]
    if is_call:
        function = {"name": "bash", "arguments": '{"command": "echo hi", "description": "says hi"}'}
        call = {"index": 0, "id": f"call_{number}", "type": "function", "function": function}
        parts = [
            {"delta": {"role": "assistant", "tool_calls": [call]}, "finish_reason": None},
            {"delta": {}, "finish_reason": "tool_calls"},
        ]
    found: list[dict[str, Any]] = [{**base, "choices": [{"index": 0, "logprobs": None, **part}]} for part in parts]
    if with_usage:
        found = [{**chunk, "usage": None} for chunk in found]
        found.append({**base, "choices": [], "usage": usage(model, number)})
    return found


def embedding(model: str, number: int) -> dict[str, Any]:
    """An embedding: it has no id."""
    prompt = 1200 + 10 * number
    data = [{"object": "embedding", "index": 0, "embedding": [0.25, 0.5, -0.25]}]
    return {"object": "list", "data": data, "model": model, "usage": {"prompt_tokens": prompt, "total_tokens": prompt}}


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--otlp", type=Path)
    options = parser.parse_args()
    Server(options.port, options.otlp).serve_forever()


if __name__ == "__main__":
    main()
