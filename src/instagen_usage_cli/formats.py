"""The formats in which an answer is written: one line each, and its writer in `output/to_data.py`."""

from __future__ import annotations

from typing import NamedTuple


class Format(NamedTuple):
    """A format: the value of `--format`, the ending of a file that names it, and whether it is for people."""

    name: str
    ending: str
    is_for_people: bool = False


FORMATS = (
    Format("table", ".txt", is_for_people=True),
    Format("csv", ".csv"),
    Format("json", ".json"),
    Format("jsonl", ".jsonl"),
    Format("markdown", ".md", is_for_people=True),
)
NAMES = tuple(format_.name for format_ in FORMATS)
DEFAULT = NAMES[0]
FOR_PEOPLE = tuple(format_.name for format_ in FORMATS if format_.is_for_people)
# The ending of a file → the format that it names.
ENDINGS = {format_.ending: format_.name for format_ in sorted(FORMATS, key=lambda each: each.ending)}
