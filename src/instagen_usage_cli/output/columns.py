"""How each column looks to people: its heading, its alignment, and the one place where a number is rounded."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

UNKNOWN = "–"
ALMOST_ALL = Decimal("99.95")
BARELY_ANY = Decimal("0.05")
CENT = Decimal("0.01")
SMALLEST_SHOWN = Decimal("0.000001")
EXACT_BELOW = 10_000
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
    "unpriced_requests": "Unpriced",
    "unmetered_requests": "Unmetered",
    "duration_ms": "Duration",
    "already_stored": "Stored before",
    "byte_offset": "Offset",
}


def heading(name: str) -> str:
    """The heading of a column, in words."""
    return HEADINGS.get(name, name.replace("_", " ").capitalize())


def is_number(kind: str) -> bool:
    """Whether a column is right-aligned, and never cut."""
    return kind.startswith(("BIGINT", "HUGEINT", "DECIMAL", "DOUBLE", "INTEGER"))


def text(name: str, value: Any, zone: ZoneInfo, every: str | None = None) -> str:  # noqa: ANN401, PLR0911 - one case each
    """A value as people read it. Unknown is a dash; a nonzero value never shows as 0, nor 99.97 % as 100 %."""
    if value is None:
        return UNKNOWN
    if name.endswith("_usd"):
        return money(value)
    if name.endswith("_tokens"):
        return short(value)
    if name.endswith("_pct"):
        return percent(value)
    if name.endswith("_ms"):
        return f"{value:,} ms"
    if isinstance(value, datetime):
        return _time(value, zone, every)
    if isinstance(value, int) and name != "import_id":
        return f"{value:,}"
    return clean(str(value))


def money(value: Decimal) -> str:
    """US dollars: cents from one cent up, below that two significant digits."""
    amount = abs(value)
    sign = "-" if value < 0 else ""
    if amount == 0 or amount >= CENT:
        return f"{sign}${amount:,.2f}"
    if amount < SMALLEST_SHOWN:
        return f"{sign}<$0.000001"
    decimals = min(6, 1 - amount.adjusted())
    return f"{sign}${amount:.{decimals}f}"


def short(value: int) -> str:
    """A count of tokens: exact below 10,000, then in k, M or G with three or more digits."""
    if abs(value) < EXACT_BELOW:
        return f"{value:,}"
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
