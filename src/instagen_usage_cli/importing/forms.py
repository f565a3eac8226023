"""How the numbers and days of a file are written: what its columns as a whole say, never a single cell."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from instagen_usage_cli import errors
from instagen_usage_cli.importing.fields import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TIMES = ("started_at", "ended_at")
COUNTS = tuple(name for name in FIELDS if name.endswith(("requests", "_tokens")))
DURATIONS = ("duration_ms", "duration_s", "ttft_ms", "ttft_s")
AMOUNTS = (*DURATIONS, "cost_usd")
# In the order in which adapters/cells.sql takes their decimal marks.
NUMBERS = (*COUNTS, *AMOUNTS)
MARKS = (".", ",")
LEFT_OUT = "?"  # the mark of durations of which nobody can say
OTHER = {".": ",", ",": "."}
# The orders of the parts of a date that begins with neither its year nor a name.
ORDERS = ("dmy", "mdy", "ymd")
WORDS = {"dmy": "the day first", "mdy": "the month first", "ymd": "the year first"}
MAX_SAMPLE = 40
MAX_STRANGE = 5  # letters that are no known words, such as those of a zone or a currency

# The patterns are read by Python and by DuckDB alike. What may part thousands beside the two marks: spaces, quotes.
SPACE = "[ \u00a0\u202f\u2009'’_]"
# A number that could be one in thousands, or one with three decimals; of a count only where they are noughts.
EITHER = r"-?[1-9]\d{0,2}[.,]\d{3}"
EITHER_COMMA, EITHER_POINT = r"-?[1-9]\d{0,2},\d{3}", r"-?[1-9]\d{0,2}\.\d{3}"
EITHER_COUNT = r"-?[1-9]\d{0,2}[.,]000"
# No count has a part; and who writes such a number in full does not part thousands.
PARTED = r"[1-9]\d{0,2}{other}(?:[1-9]\d\d|0[1-9]\d|00[1-9])"
IN_FULL = r"-?\d{4,}(?:[.,]\d*)?"
# A day without a name in it and whose year, if it comes first, has two digits.
DAY = r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?:[^0-9].*)?"
CURRENCY = re.compile(r"[$€£¥₹]|\b(?:US|USD|EUR)\b|^\((?=.*\)$)|\)$")


def doubtful_cells(delimiter: str | None) -> dict[str, str]:
    """The patterns of cells that, alone, could be two numbers; the delimiter is that of a CSV, None for JSON.

    Between commas, a comma in a count parts thousands; and numbers of JSON have a point.
    """
    amounts = EITHER_COMMA if delimiter is None else EITHER
    return {"counts": EITHER_POINT if delimiter in (",", None) else EITHER, "amounts": amounts}


def sure(mark: str, *, is_count: bool) -> str:
    """The pattern of numbers that have this decimal mark whatever the other cells say."""
    one, other = re.escape(mark), re.escape(OTHER[mark])
    kinds = [
        rf"(?:\d{{4,}}|0\d*|){one}\d+",
        rf"\d+{one}",
        rf"\d{{1,3}}{one}(?:\d{{1,2}}|\d{{4,}})",
        rf"\d+{one}\d+[eE][-+]?\d+",
        rf"\d{{1,3}}(?:{other}\d{{3}})+{one}\d*",
        rf"\d{{1,3}}(?:{other}\d{{3}}){{2,}}",
        rf"\d{{1,3}}(?:{SPACE}\d{{3}})+{one}\d*",
        *([PARTED.replace("{other}", other)] if is_count else []),
    ]
    return f"-?(?:{'|'.join(kinds)})"


SURE = {(mark, is_count): sure(mark, is_count=is_count) for mark in MARKS for is_count in (True, False)}


@dataclass(frozen=True)
class Forms:
    """How the cells of a file are written.

    `marks` has the decimal mark of each number field for which it is known; `date_order` is that of its days, where
    none of them says it. `notes` say what of it was found out.
    """

    marks: tuple[tuple[str, str], ...] = ()
    date_order: str | None = None
    notes: tuple[str, ...] = field(default=(), compare=False)

    def decimals(self) -> list[str | None]:
        """The decimal marks of all number fields, in their order."""
        known = dict(self.marks)
        return [known.get(name) for name in NUMBERS]


@dataclass(frozen=True)
class Tally:
    """What the filled cells of one column say: how many of them surely have either mark, how many could have both.

    `in_full` are numbers of more than three digits without marks for thousands, `plain` those without any mark;
    `orders` has how many days can be read in each order, `days` how many in any. `first_either` and
    `first_day` are samples of what could be two numbers, and of a day; `either_mark` is the mark in all of the former.
    """

    points: int = 0
    commas: int = 0
    eithers: int = 0
    plain: int = 0
    in_full: int = 0
    days: int = 0
    orders: tuple[int, int, int] = (0, 0, 0)
    first_either: str | None = None
    first_day: str | None = None
    either_mark: str | None = None

    @property
    def mark(self) -> str | None:
        """The decimal mark that more of the cells surely have."""
        if self.points == self.commas:
            return None
        return "." if self.points > self.commas else ","

    @property
    def is_mixed(self) -> bool:
        """Whether both marks are surely decimal ones, and some cells could have either."""
        return bool(self.points and self.commas and self.eithers)


def tally(name: str, cells: Iterable[str]) -> Tally:
    """What the cells of a field say; as the statement `survey` of importing/survey.sql."""
    if name in TIMES:
        days = [found for cell in cells if (found := re.fullmatch(DAY, cell))]
        fits = [[fits_order(order, *map(int, day.groups()[:3])) for order in ORDERS] for day in days]
        fits = [each for each in fits if any(each)]
        orders = tuple(sum(column) for column in zip(*fits, strict=True)) or (0, 0, 0)
        return Tally(days=len(fits), orders=orders, first_day=min((day[0] for day in days), default=None))
    is_count = name in COUNTS
    numbers = [CURRENCY.sub("", cell).strip() for cell in cells]
    eithers = [number for number in numbers if re.fullmatch(EITHER_COUNT if is_count else EITHER, number)]
    return Tally(
        points=sum(bool(re.fullmatch(SURE[".", is_count], number)) for number in numbers),
        commas=sum(bool(re.fullmatch(SURE[",", is_count], number)) for number in numbers),
        eithers=len(eithers),
        plain=sum(number.isdecimal() for number in numbers),
        in_full=sum(bool(re.fullmatch(IN_FULL, number)) for number in numbers),
        first_either=min(eithers, default=None),
        either_mark=_mark_of(eithers),
    )


def fits_order(order: str, first: int, second: int, third: int) -> bool:
    """Whether three numbers can be a date in that order; two digits of a year are of this century."""
    day, month, year = (
        (first, second, third)
        if order == "dmy"
        else (second, first, third)
        if order == "mdy"
        else (third, second, first)
    )
    year += 2000 if year < 100 else 0  # noqa: PLR2004 - two digits
    return 1 <= day <= 31 and 1 <= month <= 12 and 2015 <= year <= 2099  # noqa: PLR2004 - a calendar


def _mark_of(eithers: list[str]) -> str | None:
    """The mark in all of these numbers, if it is one."""
    marks = {mark for mark in MARKS if any(mark in number for number in eithers)}
    return marks.pop() if len(marks) == 1 else None


def of_head(tallies: Mapping[str, Tally], headings: Mapping[str, str], delimiter: str | None) -> Forms:
    """What the first cells say for sure: the marks that columns have, the only order of days that fits."""
    marks, _ = known_marks(tallies, delimiter)
    order = next((orders[0] for orders in [possible_orders(tallies)] if len(orders) == 1), None)
    found = Forms(tuple(sorted(marks.items())), order)
    return replace(found, notes=notes(found, tallies, headings))


def as_given(decimal: str | None, time_format: str | None, found: Forms) -> Forms:
    """What was found, but for what the user says."""
    marks = tuple(sorted((name, decimal) for name in NUMBERS)) if decimal else found.marks
    order = None if time_format else found.date_order
    kept = tuple(
        note
        for note in found.notes
        if not (note.startswith("numbers") and decimal) and not (note.startswith("times") and time_format)
    )
    return Forms(marks, order, kept)


def possible_orders(tallies: Mapping[str, Tally]) -> list[str]:
    """The orders in which every day of the time columns can be read."""
    found = [tallies[name] for name in TIMES if name in tallies]
    days = sum(each.days for each in found)
    return [order for place, order in enumerate(ORDERS) if days and sum(each.orders[place] for each in found) == days]


def date_order(tallies: Mapping[str, Tally], headings: Mapping[str, str], path: str) -> str | None:
    """The one order of the days of a file. Raises `AmbiguousDays`."""
    found = [name for name in TIMES if name in tallies and tallies[name].days]
    orders = possible_orders(tallies)
    if not found or len(orders) == 1:
        return orders[0] if orders else None
    sample = tallies[found[0]].first_day or ""
    raise errors.AmbiguousDays(
        path=path, heading=headings[found[0]], sample=shown(sample), formats=" or ".join(_formats(sample, orders))
    )


def _formats(sample: str, orders: list[str]) -> list[str]:
    """How `--time-format` says these orders of a day like this."""
    marks = re.sub(r"\d", "", sample)[:2]
    names = {"d": "%d", "m": "%m", "y": "%Y" if re.search(r"\d{4}", sample) else "%y"}
    time = " %H:%M:%S" if sample.count(":") > 1 else " %H:%M" if ":" in sample else ""
    return [
        f"'{names[order[0]]}{marks[:1]}{names[order[1]]}{marks[1:]}{names[order[2]]}{time}'"
        for order in (orders or ORDERS[:2])
    ]


def known_marks(tallies: Mapping[str, Tally], delimiter: str | None) -> tuple[dict[str, str], list[str]]:
    """The decimal marks that the columns of a file leave no doubt about, and the fields of which they leave some.

    A column is sure by its own cells; else by those of the others, if they agree. Cells of a count that could be either
    are in thousands where others of the column have no mark at all, or where the other mark is the decimal one of the
    file: nobody writes three noughts behind some counts only. `delimiter` is that of a CSV.
    """
    numbers = {name: found for name, found in tallies.items() if name in NUMBERS}
    own = {name: found.mark for name, found in numbers.items() if found.mark}
    agreed = set(own.values())
    of_others = agreed.pop() if len(agreed) == 1 else None
    groups_none = delimiter == "," and any(found.in_full for found in numbers.values())
    marks: dict[str, str] = {}
    doubtful = []
    for name, found in numbers.items():
        decided = own.get(name)
        if found.is_mixed:
            decided = None
        elif decided is None and name in COUNTS and found.either_mark:
            in_thousands = OTHER[found.either_mark]
            is_grouped = bool(found.plain) and not found.in_full
            decided = in_thousands if is_grouped or of_others == in_thousands else None
        elif decided is None:
            decided = of_others or ("." if groups_none and found.either_mark == "." else None)
        if decided:
            marks[name] = decided
        elif found.eithers:
            doubtful.append(name)
    return marks, doubtful


def notes(forms: Forms, tallies: Mapping[str, Tally], headings: Mapping[str, str]) -> tuple[str, ...]:
    """What was found out, as the summary says it."""
    said = []
    for mark, words in ((",", "a decimal comma"), (".", "a decimal point")):
        names = [
            headings[name]
            for name, found in forms.marks
            if found == mark and name in tallies and (tallies[name].eithers or (mark == "," and tallies[name].commas))
        ]
        if names:
            said.append(f"numbers: {words} in {', '.join(names)} (--decimal says another)")
    left_out = [headings[name] for name, found in forms.marks if found == LEFT_OUT]
    if left_out:
        said.append(f"numbers: {', '.join(left_out)} could be in thousands or not, and is left out (--decimal says it)")
    if forms.date_order:
        sample = next((tallies[name].first_day for name in TIMES if name in tallies and tallies[name].first_day), "")
        said.append(f"times: {WORDS[forms.date_order]}, such as {shown(sample or '')} (--time-format says another)")
    return tuple(said)


def hint(name: str) -> str:
    """What helps where no cell of a field could be read."""
    if name in TIMES:
        return "say how it is written with --time-format, such as --time-format '%d/%m/%Y %H:%M'"
    return f"say its decimal mark with --decimal, or leave it out with --map {name}="


KNOWN_WORDS = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|\b[ap]\.?m\b"
    r"|(?<=\d)[tz]|\b(?:utc|gmt|usd|eur)\b",
    re.IGNORECASE,
)


def shown(cell: str) -> str:
    """A cell as it may be shown: cut, and where it has more than a few strange letters, without them."""
    strange = sum(letter.isalpha() for letter in KNOWN_WORDS.sub("", cell))
    text = re.sub(r"[^\W\d_]", "x", cell) if strange > MAX_STRANGE else cell
    text = "".join(letter if letter.isprintable() else " " for letter in text)
    return repr(text if len(text) <= MAX_SAMPLE else text[: MAX_SAMPLE - 1] + "…")
