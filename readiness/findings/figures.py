"""Checks on the figures of the scorecard. A claim holds or fails only where the 95 % interval leaves no doubt."""

from __future__ import annotations

import math

from .. import comparison, words
from ..checks import Gates, Level, Load, Measured, Never, Share, Spread, Tail
from ..intervals import Interval, wilson
from ..records import ANY, Cell
from ..scorecard import Row
from .ground import Ground, Said

NAMED = 3
"""How many cohorts a sentence names."""


def measured(check: Measured, ground: Ground) -> Said:
    name, found = ground.name(check.metric), ground.by(check.metric, check.by)
    if not any(found.values()):
        return _nowhere(check.metric, check.by, ground)
    counts = {value: cell.n if cell else 0 for value, cell in found.items()}
    short = {value: n for value, n in counts.items() if n is not None and n < check.min_n}
    if short:
        least = sorted(short, key=lambda value: short[value])
        shown = _named([f"{value} (n {short[value]})" for value in least])
        said = f"{name} has fewer than {check.min_n} cases for {shown}"
        return Said("contradicts", said, partly=len(short) < len(found))
    if unstated := [value for value, n in counts.items() if n is None]:
        return Said("silent", f"{name} does not say how many cases stand behind {_named(unstated)}")
    kinds = words.count(len(found), _noun(check.by))
    if len(found) < check.at_least:
        return Said("silent", f"{name} is known for {kinds} only")
    least_n = min(n for n in counts.values() if n is not None)
    return Said("supports", f"{name} is measured for {kinds} with {least_n:,} or more cases each")


def spread(check: Spread, ground: Ground) -> Said:
    name = ground.name(check.metric)
    overall, parts = ground.overall(check.metric), ground.by(check.metric, check.by)
    if overall is None or not any(parts.values()):
        return _nowhere(check.metric, check.by, ground)
    behind = {value: _behind(overall, cell) for value, cell in parts.items() if cell}
    limit = words.difference(check.max, overall.unit).removeprefix("+")
    worst = max(behind, key=lambda value: behind[value].low)
    if behind[worst].low > check.max:
        said = f"{name} for {worst} is {_figure(parts[worst])}, worse than all other cases by more than {limit}"
        return Said("contradicts", said, partly=True)
    loosest = max(behind, key=lambda value: behind[value].high)
    if behind[loosest].high > check.max:
        return Said("silent", f"too few cases tell whether {name} for {loosest} is within {limit} of the rest")
    return Said("supports", f"no {_noun(check.by)} is worse in {name} than the rest by more than {limit}")


def share(check: Share, ground: Ground) -> Said:
    cases = {value: cell.n for value, cell in ground.by(check.metric, "workflow").items() if cell and cell.n}
    total = sum(cases.values())
    if not total:
        return _nowhere(check.metric, "workflow", ground)
    if len(cases) <= check.top:
        return Said("silent", f"{ground.name(check.metric)} is known for {words.count(len(cases), 'workflow')} only")
    top = sorted(cases, key=lambda value: -cases[value])[: check.top]
    held = sum(cases[value] for value in top) / total
    most = words.share(check.max)
    said = f"{words.listed(top)} hold {words.share(held)} of {total:,} cases, {most} being the most allowed"
    return Said("supports", said) if held <= check.max else Said("contradicts", said, partly=True)


def level(check: Level, ground: Ground) -> Said:
    """The worst cell decides, as a gate would."""
    found = ground.by(check.metric, check.by) if check.by else {"": ground.overall(check.metric)}
    cells = {value: cell for value, cell in found.items() if cell}
    if not cells:
        return _nowhere(check.metric, check.by, ground)
    name, (lowest, highest) = ground.name(check.metric), _bounds(check, ground)
    unit = next(iter(cells.values())).unit
    bound = f"at least {_amount(lowest, unit)}" if lowest is not None else f"at most {_amount(highest, unit)}"
    room = {value: _room(cell, lowest, highest) for value, cell in cells.items()}
    worst = min(room, key=lambda value: room[value].high)
    if room[worst].high < 0:
        said = f"{name}{_of(worst)} is {_figure(cells[worst])}, where {bound} is asked"
        return Said("contradicts", said, partly=any(each.high >= 0 for each in room.values()))
    tightest = min(room, key=lambda value: room[value].low)
    said = f"{name}{_of(tightest)} is {_figure(cells[tightest])}"
    if room[tightest].low < 0:
        return Said("silent", f"{said}, which does not settle whether it is {bound}")
    return Said("supports", f"{said}, where {bound} is asked")


def never(check: Never, ground: Ground) -> Said:
    name, cell = ground.name(check.metric), ground.overall(check.metric)
    if cell is None or cell.mean is None:
        return _nowhere(check.metric, "", ground)
    if cell.mean > 0:
        return Said("contradicts", f"{name} came to {_figure(cell)}, where not one case is allowed")
    if cell.n is None or cell.n < check.min_n:
        return Said("silent", f"{name} rests on fewer than {check.min_n} cases")
    most = wilson(0, cell.n).high
    return Said(
        "supports",
        f"{name} came to 0 in {cell.n:,} cases, so at most {words.figure(most, 'ratio')} with 95 % confidence",
    )


def tail(check: Tail, ground: Ground) -> Said:
    """The gates of the policy judge the budget; the tail is too long only where its interval leaves no doubt."""
    cells = {value: cell for value, cell in ground.by(check.metric, "workflow").items() if cell}
    if not cells and (overall := ground.overall(check.metric)):
        cells = {"": overall}
    if not cells:
        return _nowhere(check.metric, "", ground)
    asked = [each for each in ground.gates if each.gate.metric == check.metric and each.gate.stat in ("p95", "p99")]
    long = [_long_tail(check, ground, value, cell) for value, cell in cells.items()]
    found = [
        *(
            Said("contradicts" if each.state == "fail" else "silent", each.why, partly=True)
            for each in asked
            if each.state != "pass"
        ),
        *(each for each in long if each),
    ]
    if not asked:
        found.append(Said("silent", f"no gate of the release policy sets a budget for p95 or p99 of {check.metric}"))
    kept = Said("supports", f"p95 and p99 keep their budget, and {ground.name(check.metric)} has no long tail")
    return min(found, key=lambda said: said.outcome != "contradicts", default=kept)


def _long_tail(check: Tail, ground: Ground, value: str, cell: Cell) -> Said | None:
    """What is said of a p99 that stands further from the median than allowed, by its interval or only as measured."""
    half, high = comparison.of_cell(cell, "p50"), comparison.of_cell(cell, "p99")
    if not cell.p50 or cell.p99 is None or cell.p99 <= check.max_ratio * cell.p50:
        return None
    sure = half is not None and high is not None and high.low > check.max_ratio * half.high
    said = (
        f"p99 of {ground.name(check.metric)}{_of(value)} is {words.figure(cell.p99, cell.unit)}, "
        f"more than {check.max_ratio:g} times the median of {words.figure(cell.p50, cell.unit)}"
    )
    return Said("contradicts", said, partly=True) if sure else Said("silent", f"{said}, on too few cases to be sure")


def load(check: Load, ground: Ground) -> Said:
    planned = ground.policy.peak_concurrency if ground.policy else None
    tests = {
        int(number): cell
        for value, cell in ground.by(check.metric, check.dimension).items()
        if cell and (number := value.partition("=")[2]).isdecimal()
    }
    if not tests:
        known = ground.overall(check.metric)
        return Said("silent", "no load test is stored") if known else ground.no_figure(check.metric)
    reached = max(tests)
    if planned is None:
        said = f"a load test reached {reached:,} requests at once, and the policy does not say how many are planned"
        return Said("silent", said)
    if reached < planned:
        said = f"the load test reached {reached:,} requests at once, and {planned:,} are planned"
        return Said("contradicts", said, partly=True)
    return _lost(check, tests[reached], f"at {reached:,} requests at once, {planned:,} being planned,")


def _lost(check: Load, cell: Cell, at: str) -> Said:
    total = (cell.n or 0) + cell.errors
    if not total:
        return Said("silent", f"{at} the load test does not say how many requests it made")
    between = wilson(cell.errors, total)
    said = f"{at} {cell.errors:,} of {total:,} were lost"
    if between.low > check.max_errors:
        return Said("contradicts", said)
    if between.high > check.max_errors:
        return Said(
            "silent", f"{said}, which does not settle whether it is at most {words.figure(check.max_errors, 'ratio')}"
        )
    return Said("supports", said)


def gates(check: Gates, ground: Ground) -> Said:
    if ground.policy is None:
        return Said("silent", "no release policy is stored")
    if not ground.gates:
        return Said("contradicts", "the release policy has no gate")
    if check.regression and not any(each.gate.max_regression is not None for each in ground.gates):
        return Said("contradicts", "no gate of the release policy compares with the baseline", partly=True)
    total = words.count(len(ground.gates), "gate")
    failed = [each for each in ground.gates if each.state == "fail"]
    if failed:
        return Said(
            "contradicts", f"{len(failed)} of {total} {'fails' if len(failed) == 1 else 'fail'}: {failed[0].why}"
        )
    unsure = [each for each in ground.gates if each.state != "pass"]
    if unsure:
        return Said("silent", f"{len(unsure)} of {total} cannot be decided: {unsure[0].why}")
    return Said("supports", f"{total} of the release policy pass" if len(ground.gates) > 1 else "the one gate passes")


def _nowhere(metric: str, by: str, ground: Ground) -> Said:
    """Nothing to judge: no figure of the candidate at all, or none of the kind asked for."""
    if ground.overall(metric) is None and not any(ground.by(metric, "cohort").values()):
        return ground.no_figure(metric)
    name = ground.name(metric)
    split = f"{name} of {ground.candidate} is not split by {by.replace('_', ' ')}"
    return Said("silent", split if by else f"{name} of {ground.candidate} has no figure over all cases")


def _behind(overall: Cell, part: Cell) -> Interval:
    """By how much a part of the cases is worse than all others together; open where too little is known."""
    rest = _rest(overall, part)
    found = Row(part.metric, ANY, ANY, rest, part).worsened() if rest else None
    if rest is None and overall.n is not None and overall.n == part.n:
        return Interval(0.0, 0.0)
    return found or Interval(-math.inf, math.inf)


def _rest(overall: Cell, part: Cell) -> Cell | None:
    """The cases that are not in the part, worked out from the sums behind both cells."""
    if overall.mean is None or part.mean is None or not overall.n or not part.n or part.n >= overall.n:
        return None
    n = overall.n - part.n
    total = overall.mean * overall.n - part.mean * part.n
    passed = None
    if overall.passed is not None and part.passed is not None and 0 <= overall.passed - part.passed <= n:
        passed = overall.passed - part.passed
    mean = total / n if passed is None else passed / n
    sd = None
    if overall.sd is not None and part.sd is not None and n > 1:
        squares = _squares(overall) - _squares(part) - n * mean**2
        sd = math.sqrt(max(squares, 0.0) / (n - 1))
    return overall.model_copy(update={"n": n, "mean": mean, "passed": passed, "sd": sd})


def _squares(cell: Cell) -> float:
    """The sum of squares behind a sample's mean and standard deviation."""
    n, mean, sd = cell.n or 0, cell.mean or 0.0, cell.sd or 0.0
    return sd**2 * (n - 1) + n * mean**2


def _bounds(check: Level, ground: Ground) -> tuple[float | None, float | None]:
    """The bound of the policy's own gate where it has one, else that of the checklist."""
    cohort = "each" if check.by not in ("", "workflow") else ANY
    workflow = "each" if check.by == "workflow" else ANY
    for gate in ground.policy.gates if ground.policy else ():
        own = gate.min if check.min is not None else gate.max
        if (gate.metric, gate.stat, gate.cohort, gate.workflow) == (
            check.metric,
            "mean",
            cohort,
            workflow,
        ) and own is not None:
            return (own, None) if check.min is not None else (None, own)
    return check.min, check.max


def _room(cell: Cell, lowest: float | None, highest: float | None) -> Interval:
    """How far inside its bound a figure is; negative is outside."""
    own = comparison.of_cell(cell) or Interval(-math.inf, math.inf)
    if lowest is not None:
        return Interval(own.low - lowest, own.high - lowest)
    top = highest if highest is not None else math.inf
    return Interval(top - own.high, top - own.low)


def _figure(cell: Cell | None) -> str:
    """A figure with its interval and the cases behind it."""
    if cell is None:
        return "not known"
    own = comparison.of_cell(cell)
    between = f", 95 % interval {words.between(own.low, own.high, cell.unit)}" if own else ""
    n = "not stated" if cell.n is None else f"{cell.n:,}"
    return f"{words.figure(cell.mean, cell.unit)} (n {n}{between})"


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return "any"
    return f"{value * 100:g} %" if unit == "ratio" else f"{value:g} {unit}".strip()


def _of(value: str) -> str:
    return f" for {value}" if value else ""


def _noun(by: str) -> str:
    return by if by in ("workflow", "cohort") else by.replace("_", " ")


def _named(values: list[str]) -> str:
    more = [f"{len(values) - NAMED} more"] if len(values) > NAMED else []
    return words.listed([*values[:NAMED], *more])
