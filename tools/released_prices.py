"""Remember which prices are released, in `tests/released_prices.csv`: from then on they are only ever closed.

    python -m tools.released_prices

`make released-prices` is a part of every release. It adds the lines that are new and the ends that were set since, and
takes nothing back: a test compares the price lists with it, and what was edited or removed stays an error. What is
announced for a day to come is not remembered before that day: it may still be withdrawn.
"""

from __future__ import annotations

import csv
import io
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from instagen_usage_cli.prices import lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from instagen_usage_cli.prices.lines import Line

PRICING = Path(__file__).parents[1] / "pricing"
RELEASED = Path(__file__).parents[1] / "tests" / "released_prices.csv"
COLUMNS = ("file", "line", "effective_until")
DIGITS = 16

# The name of the file and the digest of a line.
Name = tuple[str, str]


def digest(line: Line) -> str:
    """What may never change of a line: all but its end, and how it is known."""
    kept = replace(line, effective_until=None, checked_on=None, source="")
    return sha256(lines.write([kept]).encode()).hexdigest()[:DIGITS]


def present(folder: Path = PRICING) -> dict[Name, Line]:
    """The lines of the price lists in a folder."""
    paths = sorted(path for path in folder.glob("*.csv") if not path.name.endswith("aliases.csv"))
    return {(path.name, digest(line)): line for path in paths for line in lines.read(path)}


def released(path: Path = RELEASED) -> dict[Name, str]:
    """The lines that were released, and when each of them ended; empty while it holds."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["file"], row["line"]): row["effective_until"] for row in csv.DictReader(file)}


def broken(before: Mapping[Name, str], now: Mapping[Name, Line]) -> list[str]:
    """What was done to released lines that may not be: one was edited, removed or opened again, or ends otherwise."""
    found = []
    for name, end in before.items():
        what = f"{name[0]}: the released line {name[1]}"
        if name not in now:
            found.append(f"{what} was removed or edited")
        elif end and end != str(now[name].effective_until):
            found.append(f"{what} ended on {end}, and now on {now[name].effective_until or 'no day'}")
    return found


def updated(before: Mapping[Name, str], now: Mapping[Name, Line], on: date) -> dict[Name, str]:
    """The released lines and those that have begun since; an end that is set stays as it is."""
    ends = {
        name: str(line.effective_until) if line.closing <= on else ""
        for name, line in now.items()
        if line.opening <= on
    }
    return {name: before.get(name) or ends.get(name, "") for name in {**before, **ends}}


def write(ends: Mapping[Name, str], path: Path = RELEASED) -> None:
    """Write the released lines, in an order that does not depend on that of the price lists."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((*name, end) for name, end in sorted(ends.items()))
    path.write_text(out.getvalue(), "utf-8")


def main() -> int:
    """Add what is new; say what may not be, with exit code 1."""
    before, now = released(), present()
    wrong = broken(before, now)
    for each in wrong:
        print(each, file=sys.stderr)
    after = updated(before, now, datetime.now(UTC).date())
    write(after)
    closed = sum(bool(after[name]) and not end for name, end in before.items())
    print(f"{RELEASED.name}: {len(after) - len(before)} lines added, {closed} closed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
