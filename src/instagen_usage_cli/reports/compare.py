"""`usage models compare`: models side by side, request by request, and whether the difference is more than noise."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from instagen_usage_cli import sql
from instagen_usage_cli.filters import pattern_of
from instagen_usage_cli.reports import check_name
from instagen_usage_cli.reports.answer import Answer
from instagen_usage_cli.result import Column, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from instagen_usage_cli.reports.answer import Question
    from instagen_usage_cli.reports.archive import Archive

# What is compared → what is typical of a sample of it, and its unit. The values are those of single requests.
MEASURES = {
    "cost_per_request_usd": ("mean", "usd"),
    "cost_per_million_tokens_usd": ("median", "usd"),
    "duration_ms": ("median", "ms"),
    "ttft_ms": ("median", "ms"),
    "output_tokens_per_second": ("median", "tokens_per_second"),
    "output_input_ratio": ("median", "ratio"),
    "success_pct": ("mean", "pct"),
}
# A difference is more than noise below this p value, with at least so many requests on each side.
LEVEL = 0.01
LEAST_SAMPLES = 20
# Success is tested exactly where fewer requests than this are expected in some cell of its two-by-two table.
EXACT_BELOW = 20
# Ways as probable as the seen one are told from less probable ones in spite of rounding.
AS_PROBABLE = 1e-7
MORE_THAN_NOISE, COULD_BE_NOISE, TOO_FEW = "more than noise", "could be noise", "too few requests"
COLUMNS = (
    Column("measure", "VARCHAR"),
    Column("model", "VARCHAR"),
    Column("baseline", "VARCHAR"),
    Column("statistic", "VARCHAR"),
    Column("unit", "VARCHAR"),
    Column("baseline_value", "DOUBLE"),
    Column("value", "DOUBLE"),
    Column("difference", "DOUBLE"),
    Column("difference_pct", "DOUBLE"),
    Column("baseline_samples", "BIGINT"),
    Column("samples", "BIGINT"),
    Column("higher_pct", "DOUBLE"),
    Column("p_value", "DOUBLE"),
    Column("verdict", "VARCHAR"),
)
MONEY_DECIMALS = 12


@dataclass(frozen=True)
class Ranks:
    """What a rank test needs to know of two samples: see `compare.sql`."""

    baseline_samples: int
    samples: int
    twice_wins: int
    ties: int


@dataclass(frozen=True)
class Successes:
    """How many requests of the baseline and of another model have a known outcome, and how many succeeded."""

    baseline_ok: int
    baseline_requests: int
    ok: int
    requests: int


@dataclass(frozen=True, kw_only=True)
class Comparison(Answer):
    """The answer of `usage models compare`: a row per measure and compared model, each against the baseline.

    `models` has the baseline first; `used` has a row for each of them that has single requests in the window.
    """

    models: tuple[str, ...]
    used: Result
    level: float = LEVEL
    least_samples: int = LEAST_SAMPLES

    @property
    def baseline(self) -> str:
        """What the others are compared with."""
        return self.models[0]

    @property
    def has_data(self) -> bool:
        """Whether any of the models was used."""
        return bool(self.used.rows)


def compare(archive: Archive, question: Question, models: Sequence[str]) -> Comparison:
    """The models, by their exact names, against the first of them: all single requests. Raises `UnknownName`."""
    single = question.filtered(count="requests")
    archive.keep("compare_requests", single.filter, models=list(models))
    used = archive.query(sql.load("reports", "compare_models"), models=list(models))
    for model in models:
        if not used.where("model", model).rows:
            check_name(archive, "model", model)
    only = single.filtered(model=tuple(pattern_of(model) for model in models))
    return Comparison.of(
        archive,
        only,
        Result(COLUMNS, tuple(_rows(archive, models))),
        total={
            "first_at": min((record["first_at"] for record in used.records()), default=None),
            "last_at": max((record["last_at"] for record in used.records()), default=None),
        },
        models=tuple(models),
        used=used,
    )


def higher_pct(ranks: Ranks) -> float | None:
    """How often a random request is higher than a random one of the baseline, a tie counting half; None without any."""
    pairs = ranks.baseline_samples * ranks.samples
    return ranks.twice_wins * 50 / pairs if pairs else None


def p_value(ranks: Ranks) -> float | None:
    """The two-sided p value of the Mann-Whitney rank test; never 0, and None without any pair.

    The normal approximation, with the correction for ties and for continuity.
    """
    pairs, number = ranks.baseline_samples * ranks.samples, ranks.baseline_samples + ranks.samples
    if not pairs:
        return None
    untied = number**3 - number - ranks.ties
    if not untied:
        return 1.0  # all are equal
    deviation = math.sqrt(pairs * untied / (12 * number * (number - 1)))
    distance = max(abs(ranks.twice_wins - pairs) - 1, 0) / 2
    return max(math.erfc(distance / deviation / math.sqrt(2)), sys.float_info.min)


def success_p_value(found: Successes, *, two_sided: bool) -> float | None:
    """The p value of a difference in success, one-sided that the other model has less; never 0, None without requests.

    By Fisher's exact test, or where that would be a long sum by the normal approximation of two proportions.
    """
    if not found.baseline_requests or not found.requests:
        return None
    number, ok = found.baseline_requests + found.requests, found.baseline_ok + found.ok
    least_expected = min(found.baseline_requests, found.requests) * min(ok, number - ok) / number
    chance = _fisher if least_expected < EXACT_BELOW else _proportions
    return max(chance(found, two_sided=two_sided), sys.float_info.min)


def _fisher(found: Successes, *, two_sided: bool) -> float:
    """The share of all ways to spread the successes that are no more probable than the seen one, or as unfavourable."""
    all_ok = found.baseline_ok + found.ok
    places = range(max(0, all_ok - found.baseline_requests), min(all_ok, found.requests) + 1)
    logs = {ok: _log_choose(found.requests, ok) + _log_choose(found.baseline_requests, all_ok - ok) for ok in places}
    most = max(logs.values())
    if two_sided:
        extreme = [log for log in logs.values() if log <= logs[found.ok] + AS_PROBABLE]
    else:
        extreme = [log for ok, log in logs.items() if ok <= found.ok]
    return math.fsum(math.exp(log - most) for log in extreme) / math.fsum(math.exp(log - most) for log in logs.values())


def _log_choose(number: int, chosen: int) -> float:
    """The logarithm of the number of ways to choose so many."""
    return math.lgamma(number + 1) - math.lgamma(chosen + 1) - math.lgamma(number - chosen + 1)


def _proportions(found: Successes, *, two_sided: bool) -> float:
    """The normal approximation with the pooled variance; some must have succeeded and some failed."""
    pooled = (found.baseline_ok + found.ok) / (found.baseline_requests + found.requests)
    error = math.sqrt(pooled * (1 - pooled) * (1 / found.baseline_requests + 1 / found.requests))
    distance = (found.baseline_ok / found.baseline_requests - found.ok / found.requests) / error
    return math.erfc(abs(distance) / math.sqrt(2)) if two_sided else math.erfc(distance / math.sqrt(2)) / 2


def _rows(archive: Archive, models: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """A row per measure and compared model. The requests must be there: see `compare_requests.sql`."""
    for measure, (statistic, unit) in MEASURES.items():
        found = archive.query(sql.load("reports", "compare_typical"), measure=measure, statistic=statistic)
        typical = {place: _exact(value, unit) for place, value in found.rows}
        for place, model in enumerate(models[1:], 2):
            counted = archive.query(sql.load("reports", "compare"), measure=measure, place=place)
            ranks = Ranks(**counted.records()[0])
            chance = _success_chance(archive, place) if measure == "success_pct" else p_value(ranks)
            yield (
                measure,
                model,
                models[0],
                statistic,
                unit,
                *_differences(typical.get(1), typical.get(place)),
                ranks.baseline_samples,
                ranks.samples,
                higher_pct(ranks),
                chance,
                _verdict(ranks, chance),
            )


def _success_chance(archive: Archive, place: int) -> float | None:
    """The p value of the difference in success between the baseline and the model at that place."""
    counted = archive.query(sql.load("reports", "compare_success"), place=place)
    return success_p_value(Successes(**counted.records()[0]), two_sided=True)


def _differences(baseline: Any, value: Any) -> tuple[Any, Any, Any, float | None]:  # noqa: ANN401 - floats or decimals
    """Both values, the difference, and the difference in percent of the baseline."""
    if baseline is None or value is None:
        return baseline, value, None, None
    difference = value - baseline
    return baseline, value, difference, float(difference / baseline * 100) if baseline else None


def _verdict(ranks: Ranks, chance: float | None) -> str:
    if chance is None or min(ranks.baseline_samples, ranks.samples) < LEAST_SAMPLES:
        return TOO_FEW
    return MORE_THAN_NOISE if chance < LEVEL else COULD_BE_NOISE


def _exact(value: float | None, unit: str) -> float | Decimal | None:
    """Money as a decimal number, everything else as it is."""
    return value if value is None or unit != "usd" else round(Decimal(value), MONEY_DECIMALS)
