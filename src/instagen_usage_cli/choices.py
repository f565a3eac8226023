"""The values that options take, each list in this one place: the program checks them, and `--help` tells them."""

from __future__ import annotations

# The value of --by → the column of a breakdown.
DIMENSIONS = {
    "model": "model",
    "provider": "provider",
    "key": "access_key",
    "project": "project",
    "user": "user",
    "source": "source",
    "status": "status",
}
# The values of --by that are no dimension, but a place in the week → their columns.
PATTERNS = {"hour-of-day": "hour_of_day", "weekday": "weekday"}
# The value of --every → how many hours one is, roughly.
INTERVALS = {"hour": 1, "day": 24, "week": 7 * 24, "month": 30 * 24}
# The values of --status, beside glob patterns.
STATUSES = ("ok", "error")
# The values of --count. A statement has no single requests to list.
COUNTS = ("best", "requests", "statements")
COUNTS_OF_SINGLE = ("best", "requests")
# The values of --cost.
COSTS = ("auto", "reported", "list")
# The values of --sort.
REQUEST_ORDERS = ("newest", "costliest", "slowest", "largest")
SESSION_ORDERS = ("costliest", "newest", "longest", "busiest")
# The value of --period → its unit, and how many of them ago; a month such as 2026-01 and `all` are two more.
NAMED_PERIODS = {
    "today": ("day", 0),
    "yesterday": ("day", 1),
    "this-week": ("week", 0),
    "last-week": ("week", 1),
    "this-month": ("month", 0),
    "last-month": ("month", 1),
}
EVERYTHING = "all"
# The value of --max-bytes, unless another is given.
MOST_BYTES = 20 * 1024**3
