"""Aider: the file of `--analytics-log`, a JSON object per line.

`message_send` is an answer; `time` is in seconds, `prompt_tokens` include what was cached, `total_cost` grows and is no
cost of its own. Nothing names a message, so equal lines are messages of their own, and the same lines in another file
are the same messages. A model that Aider does not know is written as `openai/REDACTED`, no model as `None`. Whether the
answer was whole is not written.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.independent import NotARecordError, Reading, count, day_of, metered, objects, once

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def read(paths: Iterable[Path]) -> list[Reading]:
    found: list[Reading] = []
    for path in paths:
        equal: Counter[str] = Counter()
        for line in objects(path):
            if line.get("event") != "message_send":
                continue
            properties = line["properties"]
            seconds = line.get("time")
            try:
                tokens = metered(
                    count(properties.get("prompt_tokens")), count(properties.get("completion_tokens")), None
                )
                day = day_of(seconds * 1000 if isinstance(seconds, int) else None)
            except NotARecordError:
                continue
            words = repr(line)
            equal[words] += 1
            model = properties.get("main_model")
            known = model if model != "None" else None
            found.append(Reading("aider", day, known, (words, equal[words]), tokens, ok=None))
    return once(found)
