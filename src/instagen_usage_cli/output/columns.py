"""How each column looks to people: its heading, its alignment, and the one place where a number is rounded."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

UNKNOWN = "–"
ALMOST_ALL = Decimal("99.95")
BARELY_ANY = Decimal("0.05")
CENT = Decimal("0.01")
SMALLEST_SHOWN = Decimal("0.000001")
EXACT_BELOW = 10_000
HUGE_CHANGE = 1000
ROUNDS_TO_A_SECOND = 999.5
ROUNDS_TO_A_THOUSAND = 999.5
ROUNDS_TO_TEN = 9.995
SMALLEST_RATIO = 0.095
ROUNDS_TO_A_HUNDRED = 99.95
ROUNDS_TO_A_MILLION = 999_500
ROUNDS_TO_A_BILLION = 999_950_000

HEADINGS = {
    "bucket": "Time",
    "import_id": "Import",
    "imported_at": "Imported",
    "started_at": "Time",
    "first_at": "First",
    "last_at": "Last",
    "access_key": "Key",
    "failed_requests": "Failed",
    "input_tokens": "Input",
    "cache_read_tokens": "Cached",
    "output_tokens": "Output",
    "reasoning_tokens": "Reasoning",
    "total_tokens": "Tokens",
    "reported_total_tokens": "Total",
    "cost_usd": "Cost",
    "reported_cost_usd": "Cost",
    "cost_share_pct": "Share",
    "cost_change_pct": "Change",
    "total_tokens_change_pct": "Tokens change",
    "requests_change_pct": "Requests change",
    "before_total_tokens": "Tokens before",
    "before_requests": "Requests before",
    "before_cost_usd": "Cost before",
    "unpriced_requests": "Unpriced",
    "unmetered_requests": "Unmetered",
    "duration_ms": "Duration",
    "already_stored": "Stored before",
    "byte_offset": "Offset",
    "success_pct": "Success",
    "p50_duration_ms": "p50",
    "p95_duration_ms": "p95",
    "p99_duration_ms": "p99",
    "duration_samples": "Samples",
    "z_score": "z",
    "mean_cost_usd": "Average cost",
    "mean_requests": "Average requests",
    "mean_failed_requests": "Average failed",
    "mean_input_tokens": "Average input",
    "mean_output_tokens": "Average output",
    "mean_total_tokens": "Average tokens",
    "typical_cost_usd": "Usual cost",
    "typical_requests": "Usual requests",
    "typical_failed_requests": "Usually failed",
    "typical_input_tokens": "Usual input",
    "typical_output_tokens": "Usual output",
    "typical_total_tokens": "Usual tokens",
    "typical_p95_duration_ms": "Usual p95",
}


def heading(name: str) -> str:
    """The heading of a column, in words."""
    return HEADINGS.get(name, name.replace("_", " ").capitalize())


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
    return f"{value:,}" if isinstance(value, int) and name != "import_id" else clean(str(value))


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


def percent(value: float) -> str:
    """A percentage with one decimal, 100 and 0 only when exact."""
    exact = Decimal(str(value))
    if ALMOST_ALL <= exact < 100:  # noqa: PLR2004
        return ">99.9 %"
    if 0 < exact <= BARELY_ANY:
        return "<0.1 %"
    return f"{exact:.1f} %"


def duration(milliseconds: float) -> str:
    """A time span with three digits that count: milliseconds below a second, then seconds, minutes, hours."""
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


def shortened(value: str, width: int) -> str:
    """Text made to fit: without its organisation (`org/`), then without its middle."""
    if len(value) <= width:
        return value
    value = value.rsplit("/", 1)[-1]
    if len(value) <= width:
        return value
    keep = max(width - 1, 2)
    return f"{value[: (keep + 1) // 2]}…{value[len(value) - keep // 2 :]}"


def _time(value: datetime, zone: ZoneInfo, every: str | None) -> str:
    moment = local(value, zone)
    if every == "month":
        return f"{moment:%Y-%m}"
    if every in ("day", "week"):
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%d %H:%M}"


# How the values of a column are shown, by the end of its name; the first that fits.
BY_SUFFIX: dict[str, Callable[[Any], str]] = {
    "_usd": money,
    "_tokens": short,
    "_change_pct": change,
    "_pct": percent,
    "_ms": duration,
}
