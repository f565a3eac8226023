"""`usage advise`: what would save money or tokens, each with its evidence and the most that it could save."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from instagen_usage_cli.reports.answer import Answer
from instagen_usage_cli.reports.archive import Scan
from instagen_usage_cli.reports.compare import Successes, success_p_value
from instagen_usage_cli.reports.models import FEW
from instagen_usage_cli.result import Column, Result

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from instagen_usage_cli.filters import Filter
    from instagen_usage_cli.reports.answer import Question
    from instagen_usage_cli.reports.archive import Archive

    Record = dict[str, Any]
    Measured = dict[tuple[str | None, str | None], Record]

KINDS = (
    "cheaper-model",
    "unproven-model",
    "large-inputs",
    "low-cache-share",
    "paid-failures",
    "costly-prompts",
    "quiet-key",
    "efficient-model",
)
# The columns of the rows → the fields of a `Piece`.
COLUMNS = {
    Column("advice", "VARCHAR"): "kind",
    Column("model", "VARCHAR"): "model",
    Column("provider", "VARCHAR"): "provider",
    Column("access_key", "VARCHAR"): "access_key",
    Column("alternative", "VARCHAR"): "alternative",
    Column("requests", "BIGINT"): "requests",
    Column("tokens", "BIGINT"): "tokens",
    Column("cost_usd", "DECIMAL(38,12)"): "cost_usd",
    Column("saving_usd", "DECIMAL(38,12)"): "saving_usd",
}
# From where on something is advice; the SQL takes each under its name.
THRESHOLDS = {
    "cost_share_pct": 5,
    "least_saving_pct": 1,
    "worse_pct": 5,
    "least_samples": 20,
    "large_input_tokens": 10_000,
    "small_output_pct": 1,
    "low_share_pct": 20,
    "target_share_pct": 50,
    "times_as_much": 2,
    "same_ratio_pct": 80,
    "least_requests": 20,
    "quiet_days": 7,
    "least_active_days": 2,
}
# A success rate is lower where chance alone would make it so with less than this probability.
SIGNIFICANT = 0.05
# What a comparison of two models says of a measure.
NOT_WORSE, WORSE, UNKNOWN, KNOWN_OF_ONE = "not worse", "worse", "unknown", "known of one"


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One piece of advice: its kind (of `KINDS`), whom it is about, what was spent on that, and its evidence.

    `saving_usd` is the most it could save, None where there is no amount to state; `facts` are the numbers that the
    kind's evidence is made of.
    """

    kind: str
    provider: str | None = None
    model: str | None = None
    access_key: str | None = None
    alternative: str | None = None
    requests: int | None = None
    tokens: int | None = None
    cost_usd: Decimal | None = None
    saving_usd: Decimal | None = None
    facts: Record = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Advice(Answer):
    """The answer of `usage advise`: the pieces, the largest amount first, and what costly models would cost elsewhere.

    A row has the numbers of a piece, without its evidence. `comparisons` has a record per costly model and other model
    with a list price.
    """

    pieces: tuple[Piece, ...]
    comparisons: tuple[Record, ...]
    thresholds: dict[str, int] = field(default_factory=lambda: dict(THRESHOLDS))

    @property
    def has_data(self) -> bool:
        """Whether there are any requests."""
        return self.total["first_at"] is not None


def advise(archive: Archive, question: Question) -> Advice:
    """Everything to advise in the filter. Models are compared with all of the window, also with those left out."""
    filter_ = question.filter
    archive.compare_elsewhere("advise_alternatives")
    wider = replace(filter_, model=())
    parameters: dict[str, Any] = {"models": list(filter_.model), **THRESHOLDS}
    archive.keep("advise_sums", wider, **parameters)
    archive.scan(wider, Scan(cache_share=True))
    found = archive.ask("models", wider, few=FEW).where("part", "rows").records()
    if filter_ != wider:
        archive.scan(filter_)
    measured = {(record["provider"], record["model"]): record for record in found}
    used = [measured[row] for row in archive.ask("advise_used", filter_).rows]
    compared = [
        _compare_models(record, measured) for record in archive.ask("advise_models", filter_, **parameters).records()
    ]
    quiet_since = (question.now - timedelta(days=THRESHOLDS["quiet_days"])).replace(tzinfo=None)
    about_keys = parameters | {"quiet_since": quiet_since, "zone": question.zone.key}
    other_models = list(_other_models(compared))
    pieces = [
        *other_models,
        *_ask_pieces(archive, filter_, "large-inputs", "advise_inputs", parameters),
        *_ask_pieces(archive, filter_, "low-cache-share", "advise_cache", parameters),
        *_ask_pieces(archive, filter_, "paid-failures", "advise_failures", parameters),
        *_ask_pieces(archive, filter_, "costly-prompts", "advise_prompts", parameters),
        *_ask_pieces(archive, filter_, "quiet-key", "advise_keys", about_keys),
        *_efficient(used, measured.values(), other_models),
    ]
    pieces.sort(key=_order)
    return Advice.of(
        archive,
        question,
        Result(tuple(COLUMNS), tuple(tuple(getattr(piece, name) for name in COLUMNS.values()) for piece in pieces)),
        total={
            "first_at": min((record["first_at"] for record in used), default=None),
            "last_at": max((record["last_at"] for record in used), default=None),
        },
        pieces=tuple(pieces),
        comparisons=tuple(compared),
    )


def significantly_lower(ok: int, of: int, other_ok: int, other_of: int) -> bool:
    """Whether the other rate of success is lower, by Fisher's exact test at a one-sided level of 5 %."""
    chance = success_p_value(Successes(ok, of, other_ok, other_of), two_sided=False)
    return chance is not None and chance < SIGNIFICANT


def _order(piece: Piece) -> tuple[Any, ...]:
    """The largest amount first, unknown ones last, then in the order of the kinds and names."""
    names = (piece.model, piece.provider, piece.access_key, piece.alternative)
    return (
        piece.saving_usd is None,
        -(piece.saving_usd or 0),
        KINDS.index(piece.kind),
        *((name is None, name or "") for name in names),
    )


def _ask_pieces(archive: Archive, filter_: Filter, kind: str, report: str, parameters: Record) -> Iterator[Piece]:
    """A piece per row of a report, whose other columns are the facts."""
    for record in archive.ask(report, filter_, **parameters).records():
        own = {name: record.pop(name) for name in ("requests", "tokens", "cost_usd")}
        own |= {name: record.pop(name, None) for name in ("provider", "model", "access_key", "saving_usd")}
        yield Piece(kind=kind, **own, facts=record)


def _compare_models(record: Record, measured: Measured) -> Record:
    """What another model would have cost, with what is known of both and whether it is worse in that."""
    own = measured[record["provider"], record["model"]]
    other = measured.get((record["provider"], record["alternative"]))
    names = ("success_pct", "p95_duration_ms", "output_tokens_per_second")
    return {
        **record,
        "alternative_in_use": other is not None,
        "alternative_requests": other["requests"] if other else 0,
        **{name: own[name] for name in names},
        **{f"alternative_{name}": other[name] if other else None for name in names},
        "verdicts": _verdicts(own, other),
    }


def _verdicts(own: Record, other: Record | None) -> dict[str, str]:
    """For each measure, whether the other model is worse in it, as far as enough requests tell."""
    known, known_of_other = _known_measures(own), _known_measures(other) if other else set()
    verdicts = {}
    for measure, is_worse in IS_WORSE.items():
        if other and measure in known & known_of_other:
            verdicts[measure] = WORSE if is_worse(own, other) else NOT_WORSE
        else:
            verdicts[measure] = KNOWN_OF_ONE if measure in known | known_of_other else UNKNOWN
    return verdicts


def _succeeds_less(own: Record, other: Record) -> bool:
    return significantly_lower(*_successes(own), *_successes(other))


def _takes_longer(own: Record, other: Record) -> bool:
    name = "p95_duration_ms"
    return bool(other[name] * 100 > own[name] * (100 + THRESHOLDS["worse_pct"]))


def _writes_slower(own: Record, other: Record) -> bool:
    name = "output_tokens_per_second"
    return bool(other[name] * 100 < own[name] * (100 - THRESHOLDS["worse_pct"]))


IS_WORSE = {"success": _succeeds_less, "p95 duration": _takes_longer, "speed": _writes_slower}


def _successes(measures: Record) -> tuple[int, int]:
    """How many requests of a model succeeded, and how many have a known outcome."""
    judged = measures["judged_requests"]
    return round(judged * measures["success_pct"] / 100), judged


def _known_measures(measures: Record) -> set[str]:
    """The measures that enough requests tell of."""
    samples = {
        "success": measures["judged_requests"] or 0,
        "p95 duration": measures["duration_samples"],
        "speed": measures["speed_samples"],
    }
    return {measure for measure, number in samples.items() if number >= THRESHOLDS["least_samples"]}


def _other_models(compared: Iterable[Record]) -> Iterator[Piece]:
    """For each costly model the cheapest one that is not worse; without any, the cheapest that may not be."""
    by_model: dict[tuple[str, str], list[Record]] = {}
    for record in sorted(compared, key=_by_saving):
        if record["saves_enough"]:
            by_model.setdefault((record["provider"], record["model"]), []).append(record)
    for records in by_model.values():
        proposed = next((record for record in records if _is_not_worse(record)), None)
        unproven = next((record for record in records if WORSE not in record["verdicts"].values()), None)
        chosen = proposed or unproven
        if chosen:
            yield _other_model("cheaper-model" if proposed else "unproven-model", chosen, records)


def _by_saving(record: Record) -> tuple[Any, ...]:
    p95 = record["alternative_p95_duration_ms"]
    return -record["saving_usd"], p95 is None, p95 or 0, record["alternative"]


def _is_not_worse(record: Record) -> bool:
    """Whether it is worse in nothing, better or equal in something, and nothing is known of one of the two only."""
    found = set(record["verdicts"].values())
    return NOT_WORSE in found and found <= {NOT_WORSE, UNKNOWN}


def _other_model(kind: str, chosen: Record, records: list[Record]) -> Piece:
    """The chosen model, with those that would save more but are worse, and in what, among the facts."""
    own = ("provider", "model", "alternative", "requests", "tokens", "cost_usd", "saving_usd")
    worse = {
        record["alternative"]: [measure for measure, verdict in record["verdicts"].items() if verdict == WORSE]
        for record in records
        if record["saving_usd"] > chosen["saving_usd"] and WORSE in record["verdicts"].values()
    }
    facts = {name: value for name, value in chosen.items() if name not in own} | {"worse": worse}
    return Piece(kind=kind, **{name: chosen[name] for name in own}, facts=facts)


def _efficient(used: Iterable[Record], measured: Iterable[Record], others: Iterable[Piece]) -> Iterator[Piece]:
    """The models on the Pareto front, where there is more than one to compare and no cheaper one is advised instead."""
    replaced = {(piece.provider, piece.model) for piece in others if piece.kind == "cheaper-model"}
    rivals = sum(record["efficient"] is not None for record in measured)
    names = ("cost_per_million_tokens_usd", "p95_duration_ms", "success_pct")
    for record in used:
        if record["efficient"] and rivals > 1 and (record["provider"], record["model"]) not in replaced:
            own = {name: record[name] for name in ("provider", "model", "requests", "cost_usd")}
            facts = {name: record[name] for name in names} | {"rivals": rivals}
            yield Piece(kind="efficient-model", **own, tokens=record["total_tokens"], facts=facts)
