"""What the metrics of a file are: unit and direction, as the person says, the file states or the checklist knows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from readiness.errors import InputError
from readiness.formatting import some
from readiness.importers.batch import DIRECTION, UNIT, Options
from readiness.importers.source.gateway import Source
from readiness.language import numeral, tr
from readiness.model import measures
from readiness.model.cells import Direction
from readiness.model.judges import base

from .cells import Measure

_DIRECTIONS: dict[str, Direction] = {
    **dict.fromkeys(("higher", "up", "true"), "higher"),
    **dict.fromkeys(("lower", "down", "false"), "lower"),
    "informational": "informational",
}


@dataclass(frozen=True)
class Extent:
    """The least and the greatest value of a metric in a file, as they are counted."""

    low: float
    high: float


def per_cent(options: Options) -> set[str]:
    """The metrics whose values a person says are per cent: they are counted as shares of 1."""
    stated = options.stated(UNIT)
    return {metric for metric, unit in stated.items() if measures.canonical(unit) == measures.PERCENT}


def settle(
    extents: Mapping[str, Extent],
    known: Mapping[str, Measure],
    options: Options,
    source: Source,
    others: Iterable[str] = (),
    unguessed: Collection[str] = (),
) -> dict[str, Measure]:
    """Unit and direction of every metric; `known` is what the file says of some, `others` have no value at all.

    The unit of those in `unguessed` is not told from their values. Raises InputError where the values cannot have the
    unit, and for what is said of a metric that is not there.
    """
    metrics = dict.fromkeys([*extents, *others])
    _check_names(metrics, options, source)
    directions = {metric: _direction(metric, text) for metric, text in options.stated(DIRECTION).items()}
    settled = {}
    for metric in metrics:
        extent, file = extents.get(metric), known.get(metric, Measure())
        unit = _stated(metric, file, options)
        stated = unit is not None
        if unit is None:
            values = extent if metric not in unguessed else None
            unit = measures.guess(metric, values.low, values.high) if values else measures.unit_of(metric) or ""
        if extent and (stated or unit in measures.TIMES) and not measures.is_possible(unit, extent.low, extent.high):
            raise _impossible(metric, unit, extent, source)
        settled[metric] = Measure(unit, directions.get(metric, file.direction))
    return settled


def _stated(metric: str, file: Measure, options: Options) -> str | None:
    """The unit that anybody states, the person first; None where nobody does."""
    unit = options.stated(UNIT).get(metric) or file.unit or options.units.get(metric) or options.units.get(base(metric))
    if unit is None or unit == "category":
        return None
    return measures.RATIO if measures.canonical(unit) == measures.PERCENT else measures.canonical(unit)


def _direction(metric: str, text: str) -> Direction:
    if text.lower() not in _DIRECTIONS:
        raise InputError(
            tr("{text!r} is no direction", text=text),
            place=f"--map {DIRECTION}{metric}",
            expected=tr("higher or lower"),
        )
    return _DIRECTIONS[text.lower()]


def _check_names(metrics: Mapping[str, None], options: Options, source: Source) -> None:
    for prefix in (UNIT, DIRECTION):
        for metric in options.stated(prefix):
            if metric not in metrics:
                problem = tr(
                    "there is no metric {metric!r} for --map {prefix}{metric}", metric=metric[:80], prefix=prefix
                )
                expected = tr("one of {known}", known=some(sorted(metrics)))
                raise InputError(problem, file=source.name, expected=expected)


def _impossible(metric: str, unit: str, extent: Extent, source: Source) -> InputError:
    said = {"metric": metric, "low": numeral(f"{extent.low:g}"), "high": numeral(f"{extent.high:g}")}
    if unit == measures.RATIO:
        problem = tr("{metric!r} is a ratio, and its values run from {low} to {high}", **said)
    else:
        problem = tr("{metric!r} is in {unit}, and its values run from {low} to {high}", unit=unit, **said)
    allowed, other = str(measures.allowed(unit)), f"{UNIT}{metric}"
    if unit == measures.RATIO and extent.low >= 0 and extent.high <= 100:
        expected = tr("{allowed}; if they are per cent, --map {other}=percent", allowed=allowed, other=other)
    else:
        expected = tr("{allowed}, or another unit with --map {other}=UNIT", allowed=allowed, other=other)
    return InputError(problem, file=source.name, expected=expected)
