"""How the values of each column look to people: their alignment, and the one place where a number is rounded."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from instagen_usage_cli.output.headings import heading

if TYPE_CHECKING:
    from collections.abc import Callable

UNKNOWN = "–"
UTC_ZONE = ZoneInfo("UTC")
ALMOST_ALL = Decimal("99.95")
BARELY_ANY = Decimal("0.05")
CENT = Decimal("0.01")
SMALLEST_SHOWN = Decimal("0.000001")
EXACT_BELOW = 10_000
HUGE_CHANGE = 1000
ROUNDS_TO_A_SECOND = 999.5
ROUNDS_TO_A_THOUSAND = 999.5
BYTES_IN_KB = 1000
ROUNDS_TO_TEN = 9.995
SMALLEST_RATIO = 0.095
ROUNDS_TO_A_HUNDRED = 99.95
ROUNDS_TO_A_MILLION = 999_500
ROUNDS_TO_A_BILLION = 999_950_000

# Numbers that count nothing.
NUMBERED = ("import_id", "line")
# How much of a time is shown, by the bucket that it begins or by what tells it from the others.
TIMES = {
    "month": "%Y-%m",
    "week": "%Y-%m-%d",
    "day": "%Y-%m-%d",
    "second": "%Y-%m-%d %H:%M:%S",
    "second of a year": "%m-%d %H:%M:%S",
    "second of a day": "%H:%M:%S",
}
MINUTES = "%Y-%m-%d %H:%M"


def is_number(kind: str) -> bool:
    """Whether a column is right-aligned, and never cut."""
    return kind.startswith(("BIGINT", "HUGEINT", "DECIMAL", "DOUBLE", "INTEGER"))


def text(name: str, value: Any, zone: ZoneInfo, every: str | None = None) -> str:  # noqa: ANN401 - of any type
    """A value as people read it. Unknown is a dash; a nonzero value never shows as 0, nor 99.97 % as 100 %."""
    if value is None:
        return UNKNOWN
    for suffix, shown in BY_SUFFIX.items():
        if name.endswith(suffix):
            return shown(value)
    if isinstance(value, datetime):
        return _time(value, zone, every)
    if isinstance(value, bool):
        return heading(name).lower() if value else ""
    if isinstance(value, float):
        return ratio(value)
    return f"{value:,}" if isinstance(value, int) and name not in NUMBERED else clean(str(value))


def money(value: Decimal | float) -> str:
    """US dollars: cents from one cent up, below that two significant digits."""
    amount = abs(Decimal(str(value)))
    sign = "-" if value < 0 else ""
    if amount == 0 or amount >= CENT:
        return f"{sign}${amount:,.2f}"
    if amount < SMALLEST_SHOWN:
        return f"{sign}<$0.000001"
    decimals = min(6, 1 - amount.adjusted())
    return f"{sign}${amount:.{decimals}f}"


def price(value: Decimal) -> str:
    """US dollars per million, in full, with at least two decimals."""
    whole, _, decimals = f"{value:,f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def short(value: float) -> str:
    """A count of tokens: exact below 10,000, then in k, M or G with three or more digits."""
    if abs(value) < EXACT_BELOW:
        return f"{value:,}" if isinstance(value, int) else ratio(value)
    if abs(value) < ROUNDS_TO_A_MILLION:
        thousands = value / 1000
        return f"{thousands:.1f} k" if abs(thousands) < ROUNDS_TO_A_HUNDRED else f"{thousands:.0f} k"
    if abs(value) < ROUNDS_TO_A_BILLION:
        return f"{value / 1e6:,.1f} M"
    return f"{value / 1e9:,.1f} G"


def size(value: float) -> str:
    """A number of bytes, in kB, MB or GB with three or more digits."""
    if value < BYTES_IN_KB:
        return f"{value:,} B"
    for unit in ("kB", "MB"):
        value /= BYTES_IN_KB
        if value < ROUNDS_TO_A_THOUSAND:
            return f"{three_digits(value)} {unit}"
    return f"{value / BYTES_IN_KB:,.1f} GB"


def percent(value: float) -> str:
    """A percentage with one decimal, 100 and 0 only when exact."""
    exact = Decimal(str(value))
    if ALMOST_ALL <= exact < 100:  # noqa: PLR2004
        return ">99.9 %"
    if exact and abs(exact) <= BARELY_ANY:
        return f"{'-' if exact < 0 else ''}<0.1 %"
    return f"{exact or 0:.1f} %"


def duration(milliseconds: float) -> str:
    """A time span with three digits that count: milliseconds below a second, then seconds, minutes, hours."""
    if 0 < milliseconds < 1:
        return "<1 ms"
    if milliseconds < ROUNDS_TO_A_SECOND:
        return f"{milliseconds:,.0f} ms"
    seconds = milliseconds / 1000
    if seconds < ROUNDS_TO_A_THOUSAND:
        return f"{three_digits(seconds)} s"
    minutes = seconds / 60
    return f"{three_digits(minutes)} min" if minutes < ROUNDS_TO_A_THOUSAND else f"{minutes / 60:,.1f} h"


def three_digits(value: float) -> str:
    """A number from 1 to 999 with three digits."""
    if value < ROUNDS_TO_TEN:
        return f"{value:.2f}"
    return f"{value:.1f}" if value < ROUNDS_TO_A_HUNDRED else f"{value:.0f}"


def ratio(value: float) -> str:
    """A plain number with two or more digits that count; a nonzero one never as 0."""
    if value == 0 or abs(value) >= ROUNDS_TO_TEN:
        return f"{value:,.1f}"
    if abs(value) >= SMALLEST_RATIO:
        return f"{value:.2f}"
    return f"{value:.1g}" if abs(value) >= SMALLEST_SHOWN else f"{'-' if value < 0 else ''}<0.000001"


def change(value: float) -> str:
    """A change in percent, with its direction; a nonzero one never as 0."""
    arrow = "▲" if value > 0 else "▼" if value < 0 else "="
    return f"{arrow} {percent(abs(value)) if abs(value) < HUGE_CHANGE else '>999 %'}"


def local(moment: datetime, zone: ZoneInfo) -> datetime:
    """A naive UTC time in a zone."""
    return moment.replace(tzinfo=UTC).astimezone(zone)


def clean(value: str) -> str:
    """Text from a log without anything that a terminal would obey."""
    value = re.sub(r"\x1b\[[0-9;?]*[ -/]*[@-~]", "", value)
    return "".join(mark for mark in value if unicodedata.category(mark) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))


def first_digits(key: str) -> str:
    """As much of a request key as tells it from the others."""
    return key[:8]


def shortened(value: str, width: int) -> str:
    """Text made to fit so many columns of a terminal: without its organisation (`org/`), then without its middle.

    A pattern of files keeps its beginning.
    """
    if cell_width(value) <= width:
        return value
    if "*" not in value:
        value = value.rsplit("/", 1)[-1]
    if cell_width(value) <= width:
        return value
    keep = max(width - 1, 2)
    head, tail = value[: (keep + 1) // 2], value[len(value) - keep // 2 :]
    while cell_width(head + tail) > keep and len(head + tail) > 1:
        head, tail = (head[:-1], tail) if cell_width(head) > cell_width(tail) else (head, tail[1:])
    return f"{head}…{tail}"


def cell_width(value: str) -> int:
    """How many columns of a terminal a text takes: wide letters take two."""
    if value.isascii():
        return len(value)
    from rich.cells import cell_len

    return cell_len(value)


def _time(value: datetime, zone: ZoneInfo, every: str | None) -> str:
    return format(local(value, zone), TIMES.get(every or "", MINUTES))


# How the values of a column are shown, by the end of its name; the first that fits.
BY_SUFFIX: dict[str, Callable[[Any], str]] = {
    "_usd": money,
    "_usd_per_day": money,
    "_usd_per_month": money,
    "_usd_per_million": price,
    "_tokens": short,
    "_tokens_per_day": short,
    "_tokens_per_month": short,
    "_change_pct": change,
    "_pct": percent,
    "_ms": duration,
    "bytes": size,
    "request_key": first_digits,
}
