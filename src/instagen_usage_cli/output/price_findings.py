"""How the findings of `usage prices check` are shown: what is wrong with prices in use, and what to do."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from instagen_usage_cli.output.basis import GAPS
from instagen_usage_cli.output.document import Document
from instagen_usage_cli.result import Column, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from instagen_usage_cli.reports.prices_in_force import Finding

# The options of `usage prices set` that say whose price it is, and the facts of a finding that they take.
WHOSE = {"provider": "list_provider", "host": "host", "tier": "tier"}
FINDINGS = (
    Column("kind", "VARCHAR"),
    Column("model", "VARCHAR"),
    Column("provider", "VARCHAR"),
    Column("what", "VARCHAR"),
    Column("file", "VARCHAR"),
    Column("line", "BIGINT"),
)


def document(found: Sequence[Finding], *, today: date, in_lines: bool = False) -> Document:
    """The document of what is wrong with the prices; `in_lines` says each in lines, with what to do, for people."""
    described = [(finding, _what(finding, today)) for finding in found]
    rows = tuple(
        (finding.kind, finding.model, finding.provider, what, finding.file, finding.line) for finding, what in described
    )
    return Document(
        name="prices_check",
        rows=Result(FINDINGS, rows),
        title="Findings" if found else "",
        subtitle=f"prices in use on {today} (UTC)" if found else "",
        lines=tuple(line for finding, what in described for line in _finding_lines(finding, what)) if in_lines else (),
        details={"at": str(today)},
        empty="" if found else "all prices in use are sound",
    )


def _what(finding: Finding, today: date) -> str:
    """A finding in words."""
    facts = finding.facts
    if finding.kind == "unpriced":
        case = f"; {facts['listed_as']} is, which differs in letter case only" if facts["listed_as"] else ""
        return f"{_requests(facts['requests'])} without a price: {GAPS[facts['gap']]}{case}"
    if finding.kind == "gapped":
        return f"no line from {_day(facts['since'])} until {_day(facts['until'])}"
    if finding.kind == "overlapping":
        return f"line {facts['other_line']} of {facts['other_file']} holds on the same days"
    if finding.kind == "old":
        return _checked(facts["checked_on"], today)
    return str(facts["why"])


def _checked(moment: datetime | None, today: date) -> str:
    if moment is None:
        return "nothing says when it was checked"
    return f"last checked on {_day(moment)}, {(today - moment.date()).days:,} days ago"


def _finding_lines(finding: Finding, what: str) -> Iterator[str]:
    """A finding, with what to do about it where a command can."""
    file = f"{finding.file}, line {finding.line}" if finding.file else ""
    model = " of ".join(filter(None, (finding.model, finding.provider)))
    yield f"{finding.kind}: " + ", ".join(filter(None, (model, file)))
    yield f"  {what}"
    if finding.kind == "broken":
        yield "  until it is put right, no report can be made"
    if finding.kind == "unpriced" and finding.model is not None:
        options = {f"--{name}": finding.facts[fact] for name, fact in WHOSE.items()}
        given = "".join(f" {option} {quote(value)}" for option, value in options.items() if value)
        since = _day(finding.facts["first_at"])
        yield f"  usage prices set {quote(finding.model)}{given} --input … --output … --from {since}"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _requests(number: int) -> str:
    return f"{number:,} request{'s' if number != 1 else ''}"
