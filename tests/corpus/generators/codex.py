"""Run real versions of Codex against a loopback server, and scrub the sessions they wrote.

The n-th answer since the start has 1200 + 10 n input tokens, of which 1024 are cached from the second on, and 180 + n
output tokens, of which 64 are reasoning. A prompt with RUN gets a call of a tool first; one with FULL gets the error
that the context is full. Versions are folders with `@openai/codex` installed by npm:

    for v in 0.63.0 0.98.0 0.145.0 0.151.0 0.169.0; do npm install --prefix versions/$v @openai/codex@$v; done
    python codex.py versions SESSIONS
"""

# ruff: noqa: INP001

from __future__ import annotations

import hashlib
import itertools
import json
import os
import queue
import re
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PORT = 18656
CONFIG = f"""
model = "openai/gpt-oss-120b"
model_provider = "instagen"
approval_policy = "never"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false

[analytics]
enabled = false

[model_providers.instagen]
name = "InstaGen"
base_url = "http://127.0.0.1:{PORT}/v1"
env_key = "INSTAGEN_KEY"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
"""
OTHER_MODEL = "deepseek-ai/DeepSeek-V3.1"
# Strings that are neither content nor a place on this machine.
KEPT = re.compile(
    r"(type|id|\w+_id|timestamp|turn_trigger|originator|cli_version|source|thread_source|model|model_provider"
    r"|model_provider_id|service_tier|history_mode|role|status|name|phase|approval_policy|sandbox_policy|mode|summary"
    r"|multi_agent_version|collaboration_mode_kind|effort|reasoning_effort|trigger|reason)"
)
NUMBERS = itertools.count(1)


class Handler(BaseHTTPRequestHandler):
    """The Responses API."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """There are no models to list."""
        body = b'{"object":"list","data":[],"models":[]}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Stream an answer."""
        request = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        asked = json.dumps((request.get("input") or [{}])[-1])
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for event in events(request, asked):
            self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
            self.wfile.flush()
            time.sleep(0.03)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def events(request: dict[str, Any], asked: str) -> list[dict[str, Any]]:
    """The parts of the next answer."""
    base: dict[str, Any] = {
        "object": "response",
        "created_at": int(time.time()),
        "model": request.get("model"),
        "output": [],
    }
    if "FULL" in asked:
        error = {"code": "context_length_exceeded", "message": "too long"}
        return [{"type": "response.failed", "response": {**base, "id": "resp_0", "status": "failed", "error": error}}]
    number = next(NUMBERS)
    base["id"] = "resp_" + hashlib.sha256(f"loopback {number}".encode()).hexdigest()[:32]
    item: dict[str, Any] = {"type": "message", "id": f"msg_{number}", "role": "assistant", "status": "completed"}
    item["content"] = [{"type": "output_text", "text": "An answer.", "annotations": []}]
    if "RUN" in asked:
        names = {tool.get("name") for tool in request.get("tools", [])}
        name, arguments = (
            ("exec_command", {"cmd": "true"}) if "exec_command" in names else ("shell", {"command": ["true"]})
        )
        item = {"type": "function_call", "id": f"fc_{number}", "call_id": f"call_{number}", "name": name}
        item |= {"arguments": json.dumps(arguments), "status": "completed"}
    sent, got = 1200 + 10 * number, 180 + number
    usage = {
        "input_tokens": sent,
        "input_tokens_details": {"cached_tokens": 1024 if number > 1 else 0},
        "output_tokens": got,
        "output_tokens_details": {"reasoning_tokens": 64},
        "total_tokens": sent + got,
    }
    return [
        {"type": "response.created", "response": {**base, "status": "in_progress"}},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": {**base, "status": "completed", "output": [item], "usage": usage}},
    ]


class App:
    """A `codex app-server`, which speaks JSON-RPC in lines."""

    def __init__(self, command: Path, home: Path, folder: Path) -> None:
        self.process = subprocess.Popen(
            [command, "app-server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=folder,
            env=environment(home),
            text=True,
        )
        self.said: queue.Queue[dict[str, Any]] = queue.Queue()
        self.numbers = itertools.count(1)
        threading.Thread(target=self._listen, daemon=True).start()
        capabilities = {"experimentalApi": True}
        self.call("initialize", clientInfo={"name": "codex_vscode", "version": "1"}, capabilities=capabilities)
        self.send({"method": "initialized", "params": {}})

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            self.said.put(json.loads(line))

    def send(self, message: dict[str, Any]) -> None:
        """Write a line."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def call(self, method: str, **params: object) -> dict[str, Any]:
        """Ask, and wait for the answer."""
        number = next(self.numbers)
        self.send({"id": number, "method": method, "params": params})
        while (found := self.said.get(timeout=40)).get("id") != number or "method" in found:
            pass
        answer: dict[str, Any] = found["result"]
        return answer

    def wait(self) -> None:
        """Wait for the end of a turn."""
        while self.said.get(timeout=40).get("method") != "turn/completed":
            pass

    def thread(self, method: str, **params: object) -> str:
        """Start, resume or fork a session."""
        return str(self.call(method, **params)["thread"]["id"])

    def turn(self, thread: str, prompt: str, **params: object) -> None:
        """One prompt."""
        self.call("turn/start", threadId=thread, input=[{"type": "text", "text": prompt}], **params)
        self.wait()

    def compact(self, thread: str) -> None:
        """Make the context smaller."""
        self.call("thread/compact/start", threadId=thread)
        self.wait()

    def close(self) -> None:
        """End it."""
        time.sleep(0.5)
        self.process.terminate()
        self.process.wait()


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "HOME": str(home), "CODEX_HOME": str(home / ".codex"), "INSTAGEN_KEY": "sk-example"}


def whole_story(app: App, folder: Path) -> dict[str, str]:
    """Two turns, a fork, a fork of that, then the first goes on: compaction, a full context."""
    first = app.thread("thread/start", cwd=str(folder))
    app.turn(first, "RUN something")
    app.turn(first, "and more", model=OTHER_MODEL)
    time.sleep(2)
    fork = app.thread("thread/fork", threadId=first)
    time.sleep(2)
    app.turn(fork, "another way")
    second = app.thread("thread/fork", threadId=fork)
    time.sleep(2)
    app.turn(second, "RUN a third way")
    app.turn(first, "the first goes on")
    app.compact(first)
    app.turn(first, "after the compaction")
    app.turn(first, "FULL")
    app.turn(first, "after the full context")
    return {first: "session", fork: "fork", second: "fork_of_fork"}


def short_story(app: App, folder: Path) -> dict[str, str]:
    """A turn, and a fork that begins with a compaction."""
    first = app.thread("thread/start", cwd=str(folder))
    app.turn(first, "RUN something")
    fork = app.thread("thread/fork", threadId=first)
    app.compact(fork)
    app.turn(fork, "another way")
    return {first: "session", fork: "fork"}


def run(versions: Path, version: str, into: Path) -> None:
    command = (versions / version / "node_modules/.bin/codex").resolve()
    with TemporaryDirectory() as scratch:
        home, folder = Path(scratch, "home"), Path(scratch, "shop")
        (home / ".codex").mkdir(parents=True)
        folder.mkdir()
        (home / ".codex/config.toml").write_text(CONFIG)
        if version == "0.63.0":  # before there was an app-server that forks
            for words in (["RUN something"], ["resume", "--last", "RUN more"]):
                arguments: list[str | Path] = [command, "exec", "--skip-git-repo-check", *words]
                subprocess.run(arguments, cwd=folder, env=environment(home), check=True, capture_output=True)
            names = {"": "session"}
        else:
            app = App(command, home, folder)
            names = (short_story if version == "0.151.0" else whole_story)(app, folder)
            app.close()
        for path in (home / ".codex/sessions").rglob("*.jsonl"):
            (name,) = (name for thread, name in names.items() if thread in path.name)
            lines = (scrubbed(json.loads(line), str(folder)) for line in path.read_text().splitlines())
            text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
            (into / f"{name}_{version}.jsonl").write_text(text)


def scrubbed(value: Any, folder: str, key: str = "") -> Any:  # noqa: ANN401 - as JSON has it
    """The value without content and paths of this machine."""
    if isinstance(value, dict):
        if key in {"base_instructions", "state", "sandbox_policy", "permission_profile"}:
            return {"text": "scrubbed"}
        return {name: scrubbed(inner, folder, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [scrubbed(inner, folder, key) for inner in value]
    if isinstance(value, str) and not KEPT.fullmatch(key):
        return value.replace(folder, "/home/dev/shop") if key == "cwd" else "scrubbed"
    return value


def main() -> None:
    """Run each version."""
    threading.Thread(target=ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever, daemon=True).start()
    for version in ("0.63.0", "0.98.0", "0.145.0", "0.151.0", "0.169.0"):
        run(Path(sys.argv[1]), version, Path(sys.argv[2]))


if __name__ == "__main__":
    main()
