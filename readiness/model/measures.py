"""Units and directions of metrics: what a name says of them, which values a unit allows, and who may state a direction.

A unit is stated, known from the checklist, or read from the name (`latency_s`). Only a name that says nothing leaves it
to the values: from 0 to 1 they are a ratio.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from readiness.language import marked

from .cells import CERTAIN, Cell, Direction
from .policy import Gate

RATIO, PERCENT = "ratio", "percent"
UNCLEAR = "ratio?"
"""Of figures that lie outside 0 to 1 though their metric is a ratio: kept, shown as they are, never compared."""
NONE = "none"
"""How a person says that a metric has no unit."""
SYNONYMS = {
    **dict.fromkeys(("%", "percent", "percentage", "pct", "per cent"), PERCENT),
    **dict.fromkeys(("ratio", "fraction", "rate", "share"), RATIO),
    **dict.fromkeys(("ms", "msec", "millis", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("usd", "$", "dollar", "dollars"), "USD"),
    **dict.fromkeys(("eur", "€", "euro", "euros"), "EUR"),
}
_BY_NAME = {
    **dict.fromkeys(("ms", "msec", "millis", "milliseconds"), "ms"),
    **dict.fromkeys(("s", "sec", "secs", "seconds"), "s"),
    **dict.fromkeys(("us", "microseconds"), "\u00b5s"),
    **dict.fromkeys(("ns", "nanoseconds"), "ns"),
    **dict.fromkeys(("minutes", "mins"), "min"),
    "hours": "h",
    **dict.fromkeys(("usd", "dollars"), "USD"),
    **dict.fromkeys(("eur", "euros"), "EUR"),
    **dict.fromkeys(("pct", "percent", "percentage"), "%"),
}
_STATISTICS = {"p50", "p90", "p95", "p99", "mean", "avg", "average", "median", "max", "min", "total", "sum"}
_SHARES = {"rate", "ratio", "share", "fraction", "accuracy", "precision", "recall", "f1", "score", "similarity"}
_AMOUNTS = {
    *("time", "times", "latency", "latencies", "duration", "elapsed", "delay", "ttft", "tpot", "age", "timeout"),
    *("token", "tokens", "cost", "costs", "price", "spend", "bits", "bytes", "bit", "byte", "size", "memory"),
    *("count", "counts", "num", "number", "length", "len", "chars", "characters", "words", "sentences"),
    *(
        "turns",
        "steps",
        "calls",
        "retries",
        "attempts",
        "perplexity",
        "loss",
        "throughput",
        "qps",
        "rps",
        "tps",
        "rank",
        "distance",
    ),
    *("logprob", "logprobs", "loglikelihood", "entropy", "rating", "stars", "level", "n"),
}
"""Words of a name that is no share of anything, whatever its values are."""
TIMES = ("ms", "s", "\u00b5s", "ns", "min", "h")
_NOT_NEGATIVE = (*TIMES, "USD", "EUR", "count", "tokens", "%", RATIO)
_HIGHEST = {RATIO: 1.0, "%": 100.0}
_ROUNDING = 1e-9


def canonical(unit: str) -> str:
    """The unit as it is kept, however it is written: `seconds` is `s`."""
    plain = " ".join(unit.split())
    return "" if plain.lower() == NONE else SYNONYMS.get(plain.lower(), plain)


def unit_of(metric: str) -> str | None:
    """The unit that a name states: "" where it says an amount without one, None where it says nothing."""
    words = [word.lower() for word in re.findall(r"[A-Z]+(?=[A-Z][a-z]{3})|[A-Z]?[a-z0-9]+|[A-Z]+|\u20ac|%", metric)]
    while len(words) > 1 and words[-1] in _STATISTICS:
        words.pop()
    if not words or (len(words) > 2 and words[-2] == "per"):
        return "" if words else None
    if len(words) > 1 and words[-1] in _BY_NAME:
        return _BY_NAME[words[-1]]
    if words[-1] in _SHARES:
        return None
    return "" if _AMOUNTS & set(words) else None


def guess(metric: str, low: float, high: float) -> str:
    """The unit of a metric that nobody stated: as its name says, else a ratio where every value lies in 0 to 1."""
    named = unit_of(metric)
    if named is not None:
        return named
    return RATIO if low >= 0 and high <= 1 else ""


def is_possible(unit: str, low: float, high: float) -> bool:
    """Whether values may have this unit."""
    if unit in _NOT_NEGATIVE and low < -_ROUNDING:
        return False
    return high <= _HIGHEST.get(unit, high) + _ROUNDING


def range_of(unit: str) -> tuple[float, float]:
    """The lowest and the highest figure of a unit."""
    return (0.0 if unit in _NOT_NEGATIVE else -math.inf), _HIGHEST.get(unit, math.inf)


def allowed(unit: str) -> str:
    """What values of a unit must be, in words that are marked: importers keep them with a file."""
    if unit in _HIGHEST:
        return f"0 to {_HIGHEST[unit]:g}"
    return marked("0 or more") if unit in _NOT_NEGATIVE else marked("any number")


def unit_of_cell(cell: Cell, known: str) -> str:
    """The unit of a figure, `known` where its file does not state one; a ratio has to lie in 0 to 1."""
    unit = cell.unit or known
    return UNCLEAR if unit == RATIO and not _is_share(cell) else unit


def shared_unit(one: Cell, other: Cell) -> str | None:
    """The unit in which two figures can be compared; None where there is none.

    A figure in 0 to 1 without a unit may be a ratio like the other; what is no ratio has to say its unit.
    """
    units = {one.unit, other.unit}
    if len(units) == 1:
        return one.unit
    return RATIO if units == {"", RATIO} and _is_share(one) and _is_share(other) else None


def _is_share(cell: Cell) -> bool:
    values = [value for value in (cell.mean, cell.p50, cell.p95, cell.p99) if value is not None]
    return all(is_possible(RATIO, value, value) for value in values)


def directions(
    known: Mapping[str, Direction], gates: Iterable[Gate], stated: Iterable[tuple[str, Direction]] = ()
) -> dict[str, Direction]:
    """Which way is better, by metric: as the checklist says, or else what files have `stated`, or else the gates.

    A gate states it (`direction`), or its bound does: what must be at least something is better higher. Bounds on both
    sides state nothing, and neither do gates that disagree.
    """
    gates = list(gates)
    by_gates = _agreed((gate.metric, gate.direction) for gate in gates if gate.direction)
    bounds = _agreed(
        (gate.metric, "higher" if bound == "min" else "lower") for gate in gates for bound in _bounds(gate)
    )
    certain = {metric: direction for metric, direction in known.items() if direction in CERTAIN}
    files = _agreed((metric, direction) for metric, direction in stated if direction in CERTAIN)
    return {**known, **bounds, **by_gates, **files, **certain}


def _bounds(gate: Gate) -> list[str]:
    return [name for name in ("min", "max") if getattr(gate, name) is not None]


def _agreed(stated: Iterable[tuple[str, Direction | None]]) -> dict[str, Direction]:
    """Of each metric the one direction that is stated; none where two are."""
    ways: dict[str, set[Direction]] = {}
    for metric, direction in stated:
        ways.setdefault(metric, set()).add(direction or "unknown")
    return {metric: next(iter(way)) for metric, way in ways.items() if len(way) == 1}
