"""Files of which some cell could not be read are asked how all of them are written, and read again by what they say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from instagen_usage_cli import errors
from instagen_usage_cli.importing import forms
from instagen_usage_cli.importing.acts import SURVEY
from instagen_usage_cli.importing.forms import Forms, Tally
from instagen_usage_cli.importing.reading import Batch, drop_refusals, parameters_of, read_again, set_up

if TYPE_CHECKING:
    from instagen_usage_cli.importing.recognising import Options, Recognised
    from instagen_usage_cli.importing.staging import ReadFile
    from instagen_usage_cli.store import Store

PATTERNS = {
    "sure_points": forms.SURE[".", False],
    "sure_commas": forms.SURE[",", False],
    "sure_points_of_counts": forms.SURE[".", True],
    "sure_commas_of_counts": forms.SURE[",", True],
    "either": forms.EITHER,
    "either_count": forms.EITHER_COUNT,
    "in_full": forms.IN_FULL,
    "day": forms.DAY,
}


def settle(
    store: Store, batches: list[Batch], read: dict[str, ReadFile], options: Options
) -> tuple[list[Batch], dict[str, errors.Error]]:
    """Read the files again that have cells in doubt, by what their columns as a whole say.

    Returns the batches, in which these files stand with their forms, and why one cannot be read, by its name.
    """
    failed: dict[str, errors.Error] = {}
    settled: list[Batch] = []
    for batch in batches:
        doubtful = [item for item in batch.items if item.adapter.mapped and read[str(item.log.path)].has_doubts]
        if not doubtful:
            settled.append(batch)
            continue
        certain = [item for item in batch.items if item not in doubtful]
        settled += [Batch(certain, batch.is_fast)] if certain else []
        settled += _settled(store, Batch(doubtful, batch.is_fast), options, failed)
    return settled, failed


def _settled(store: Store, batch: Batch, options: Options, failed: dict[str, errors.Error]) -> list[Batch]:
    set_up(store, batch.items, keeps_rejects=True)
    SURVEY.run(store, "read_cells", **parameters_of(batch.first, options, batch.buffer))
    drop_refusals(store)
    tallies, odd_cells = _survey(store)
    by_forms: dict[Forms, list[Recognised]] = {}
    for item in batch.items:
        path = str(item.log.path)
        try:
            told = _forms(store, item, tallies.get(path, {}), options)
        except errors.Error as error:
            failed[item.log.name] = error
            told = item.forms
        by_forms.setdefault(told, []).append(replace(item, forms=told, odd_cells=odd_cells.get(path, {})))
    SURVEY.run(store, "drop_cells")
    settled = []
    for told, items in by_forms.items():
        is_new = told != batch.first.forms
        if is_new:
            read_again(store, items, options, batch.buffer)
        settled.append(Batch(items, batch.is_fast and not is_new))
    return settled


def _survey(store: Store) -> tuple[dict[str, dict[str, Tally]], dict[str, dict[str, str]]]:
    """What the columns of each file say, and the oddest cell of each, by the path that it is read at."""
    rows = SURVEY.query(store, "survey", **PATTERNS).records()
    tallies: dict[str, dict[str, Tally]] = {}
    odd_cells: dict[str, dict[str, str]] = {}
    for row in rows:
        odd_cells.setdefault(row["path"], {})[row["field"]] = row["first_odd"]
        either_points = row["either_points"]
        tallies.setdefault(row["path"], {})[row["field"]] = Tally(
            points=row["points"],
            commas=row["commas"],
            eithers=row["eithers"],
            plain=row["plain"],
            in_full=row["in_full"],
            days=row["days"],
            orders=(row["dmy"], row["mdy"], row["ymd"]),
            first_either=row["first_either"],
            first_day=row["first_day"],
            either_mark="." if either_points == row["eithers"] else "," if not either_points else None,
        )
    return tallies, odd_cells


def _forms(store: Store, item: Recognised, tallies: dict[str, Tally], options: Options) -> Forms:
    """How the cells of a file are written. Raises `AmbiguousDays` or `AmbiguousNumbers`."""
    headings = item.mapping.fields if item.mapping else {}
    path = item.log.name
    if options.decimal and options.time_format:
        return item.forms
    order = None if options.time_format else forms.date_order(tallies, headings, path)
    if options.decimal:
        told = Forms((), order)
        return forms.as_given(options.decimal, None, replace(told, notes=forms.notes(told, tallies, headings)))
    marks, doubtful = forms.known_marks(
        tallies, item.mapping.delimiter if item.mapping and item.log.shape == "table" else None
    )
    needed = [name for name in doubtful if name not in forms.DURATIONS]
    if needed:
        mark = _only_mark(store, item, marks, doubtful)
        if mark is None:
            raise errors.AmbiguousNumbers(
                path=path,
                heading=headings[needed[0]],
                sample=forms.shown(tallies[needed[0]].first_either or ""),
            )
        marks |= dict.fromkeys(doubtful, mark)
    else:
        marks |= dict.fromkeys(doubtful, forms.LEFT_OUT)
    told = Forms(tuple(sorted(marks.items())), order)
    return replace(told, notes=forms.notes(told, tallies, headings))


def _only_mark(store: Store, item: Recognised, marks: dict[str, str], doubtful: list[str]) -> str | None:
    """The one decimal mark with which totals are the sums of their parts, and prices are such as there are."""
    possible = []
    for mark in forms.MARKS:
        told = Forms(tuple((marks | dict.fromkeys(doubtful, mark)).items()))
        asked = SURVEY.query(store, "contradictions", path=str(item.log.path), decimals=told.decimals())
        if not asked.records()[0]["has_contradiction"]:
            possible.append(mark)
    return possible[0] if len(possible) == 1 else None
