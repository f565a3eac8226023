"""Session files as Claude Code writes them, most of each being text of messages: prompts, results of tools, answers.

    python -m bench.session_files MEGABYTES FOLDER

Writes 1,300 files into FOLDER/projects. An answer is told by two lines, as it was streamed; now and then a line is very
long. The same arguments give the same bytes.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

FILES = 1300
MODELS = ("claude-sonnet-4-5-20250929", "claude-opus-4-5-20251101", "claude-haiku-4-5-20251001")
START = datetime(2026, 8, 25, tzinfo=UTC)
WORDS = [
    "def", "return", "import", "the", "value", "of", "a", "token", "{", "}", '"', "\n", "\t", "path/to/file.py",
    "assert", "if", "None", "—", "request", "usage", "0x1f", "=", "(self)", "//", "error:", "line", "and", "columns",
]  # fmt: skip


def main(megabytes: str, folder: str) -> None:
    dice = Random(7)
    text = " ".join(dice.choices(WORDS, k=400_000))
    size = int(float(megabytes) * 1_000_000) // FILES
    for number in range(FILES):
        path = Path(folder, "projects", f"project-{number % 40:02}", f"{_uuid(dice)}.jsonl")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_session(dice, text, size, START + timedelta(minutes=99 * number), number % 40), "utf-8")


def _session(dice: Random, text: str, size: int, moment: datetime, project: int) -> str:
    """The lines of a session until they are as long as asked for."""
    common = {
        "isSidechain": False,
        "userType": "external",
        "cwd": f"/home/dev/work/project-{project:02}",
        "sessionId": _uuid(dice),
        "version": "2.1.138",
        "gitBranch": "main",
    }
    lines: list[str] = []
    length = 0
    while length < size:
        moment += timedelta(seconds=dice.randint(3, 60))
        for record in _turn(dice, text):
            line = json.dumps(
                {"parentUuid": _uuid(dice), **common, "uuid": _uuid(dice), "timestamp": _clock(moment), **record},
                ensure_ascii=False,
                separators=(",", ":"),
            )
            lines.append(line)
            length += len(line)
    return "\n".join(lines) + "\n"


def _turn(dice: Random, text: str) -> list[dict[str, Any]]:
    """A prompt or the result of a tool, and the answer in two lines."""
    said = dice.choices((200, 4_000, 20_000, 150_000), (20, 50, 28, 2))[0]
    result = _piece(dice, text, said)
    message = {
        "model": MODELS[dice.randrange(3)],
        "id": f"msg_01{dice.getrandbits(88):022x}",
        "type": "message",
        "role": "assistant",
        "stop_reason": None,
        "usage": {
            "input_tokens": dice.randint(2, 400),
            "cache_creation_input_tokens": dice.randint(0, 8_000),
            "cache_read_input_tokens": dice.randint(0, 150_000),
            "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
            "output_tokens": dice.randint(20, 1_500),
            "service_tier": "standard",
        },
    }
    request = {"requestId": f"req_011{dice.getrandbits(84):021x}", "type": "assistant"}
    thought = {"type": "text", "text": _piece(dice, text, 1_200)}
    tool = {"type": "tool_use", "id": f"toolu_01{dice.getrandbits(88):022x}", "name": "Read", "input": {"path": "a.py"}}
    return [
        {
            "type": "user",
            "message": {"role": "user", "content": [{"type": "tool_result", "content": result}]},
            "toolUseResult": {"stdout": result[: said // 2], "stderr": ""},
        },
        {**request, "message": {**message, "content": [thought]}},
        {**request, "message": {**message, "content": [tool]}},
    ]


def _piece(dice: Random, text: str, length: int) -> str:
    start = dice.randrange(len(text) - length)
    return text[start : start + length]


def _uuid(dice: Random) -> str:
    digits = f"{dice.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _clock(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


if __name__ == "__main__":
    main(*sys.argv[1:])
