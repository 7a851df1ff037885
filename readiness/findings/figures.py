"""Checks on the figures of the scorecard. A claim holds or fails only where the 95 % interval leaves no doubt."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .. import comparison, words
from ..checks import Gates, Level, Load, Measured, Never, Share, Spread, Tail
from ..intervals import Interval, wilson
from ..records import ANY, Cell, Gate
from ..scorecard import GateResult, Row
from .ground import Ground, Said

NAMED = 3
"""How many cohorts a sentence names."""
_ROUNDING = 1e-9


def measured(check: Measured, ground: Ground) -> Said:
    name, found = ground.name(check.metric), ground.by(check.metric, check.by)
    if not any(found.values()):
        return ground.no_figure(check.metric, check.by)
    counts = {value: cell.n if cell else 0 for value, cell in found.items()}
    short = {value: n for value, n in counts.items() if n is not None and n < check.min_n}
    if short:
        least = sorted(short, key=lambda value: short[value])
        shown = _named([f"{value} (n {short[value]})" for value in least])
        said = f"fewer than {check.min_n} cases measure {name} for {shown}"
        return Said("contradicts", said, partly=any(n is not None and n >= check.min_n for n in counts.values()))
    if unstated := [value for value, n in counts.items() if n is None]:
        return _unstated(name, unstated)
    kinds = _count(len(found), check.by)
    if len(found) < check.at_least:
        return Said("silent", f"figures of {name} are known for {kinds} only")
    least_n = min(n for n in counts.values() if n is not None)
    return Said("supports", f"{least_n:,} or more cases measure {name} for each of {kinds}")


def spread(check: Spread, ground: Ground) -> Said:
    name, overall = ground.name(check.metric), ground.overall(check.metric)
    parts = {value: cell for value, cell in ground.by(check.metric, check.by).items() if cell}
    if overall is None or not parts:
        return ground.no_figure(check.metric, "" if parts else check.by)
    behind = {value: _behind(overall, cell) for value, cell in parts.items()}
    limit = words.difference(check.max, overall.unit).removeprefix("+")
    worst = max(behind, key=lambda value: behind[value].low)
    if behind[worst].low > check.max:
        said = f"{_came(name, worst, parts[worst])}, worse than all other cases by more than {limit}"
        return Said("contradicts", said, partly=True)
    loosest = max(behind, key=lambda value: behind[value].high)
    said = _came(name, loosest, parts[loosest])
    if behind[loosest].high > check.max:
        return Said("silent", f"{said}, which does not settle whether it is within {limit} of the rest")
    return Said("supports", f"{said}, and no {_noun(check.by)} is worse than the rest by more than {limit}")


def share(check: Share, ground: Ground) -> Said:
    name, found = ground.name(check.metric), ground.by(check.metric, "workflow")
    cases = {value: cell.n for value, cell in found.items() if cell}
    if unstated := [value for value, n in cases.items() if n is None]:
        return _unstated(name, unstated)
    counted = {value: n for value, n in cases.items() if n}
    if not counted:
        return ground.no_figure(check.metric, "workflow") if not cases else Said("silent", f"no cases measure {name}")
    if len(counted) <= check.top:
        return Said("silent", f"figures of {name} are known for {words.count(len(counted), 'workflow')} only")
    total, top = sum(counted.values()), sorted(counted, key=lambda value: -counted[value])[: check.top]
    held = sum(counted[value] for value in top) / total
    said = (
        f"{words.figure(held, 'ratio')} of {total:,} cases are of {words.listed(top)}, "
        f"where at most {_amount(check.max, 'ratio')} is asked"
    )
    return Said("supports", said) if held <= check.max else Said("contradicts", said, partly=True)


def level(check: Level, ground: Ground) -> Said:
    """The worst cell decides, as a gate would."""
    cells = {value: cell for value, cell in ground.by(check.metric, check.by).items() if cell}
    if not cells:
        return ground.no_figure(check.metric, check.by)
    name, (lowest, highest) = ground.name(check.metric), _bounds(check, ground)
    unit = next(iter(cells.values())).unit
    bound = f"at least {_amount(lowest, unit)}" if lowest is not None else f"at most {_amount(highest, unit)}"
    room = {value: _room(cell, lowest, highest) for value, cell in cells.items()}
    worst = min(room, key=lambda value: room[value].high)
    if room[worst].high < 0:
        kept = any(_room(cell, lowest, highest).low >= 0 for cell in _everywhere(check.metric, ground).values())
        return Said("contradicts", f"{_came(name, worst, cells[worst])}, where {bound} is asked", partly=kept)
    tightest = min(room, key=lambda value: room[value].low)
    said = _came(name, tightest, cells[tightest])
    if room[tightest].low < 0:
        return Said("silent", f"{said}, which does not settle whether it is {bound}")
    return Said("supports", f"{said}, where {bound} is asked")


def never(check: Never, ground: Ground) -> Said:
    """Once in any workflow or cohort is once too often, whatever the figure over all cases says."""
    name, overall, cells = ground.name(check.metric), ground.overall(check.metric), _everywhere(check.metric, ground)
    happened = [value for value, cell in cells.items() if cell.mean is not None and cell.mean > 0]
    if happened:
        clean = any(cell.mean == 0 and (cell.n or 0) >= check.min_n for cell in cells.values())
        said = f"{_came(name, happened[0], cells[happened[0]])}, where not one case is allowed"
        return Said("contradicts", said, partly=clean)
    if overall is None:
        return ground.no_figure(check.metric)
    if overall.mean is not None and overall.n is None:
        return _unstated(name, [])
    if overall.mean is None or overall.n is None or overall.n < check.min_n:
        return Said("silent", f"{_came(name, '', overall)}, on fewer than the {check.min_n} cases asked for")
    most = words.figure(wilson(0, overall.n).high, "ratio")
    return Said("supports", f"{name} came to 0 in {overall.n:,} cases, so at most {most} with 95 % confidence")


def tail(check: Tail, ground: Ground) -> Said:
    """The gates of the policy judge the budget; the tail is too long only where its interval leaves no doubt."""
    cells = {value: cell for value, cell in ground.by(check.metric, "workflow").items() if cell}
    if not cells and (overall := ground.overall(check.metric)):
        cells = {"": overall}
    if not cells:
        return ground.no_figure(check.metric)
    asked = [each for each in ground.gates if each.gate.metric == check.metric and _is_budget(each.gate)]
    long = {value: said for value, cell in cells.items() if (said := _long_tail(check, ground, value, cell))}
    kept = len(long) < len(cells) or any(_keeps(each.gate, cell) for each in asked for cell in cells.values())
    if found := [*_budgets(check, asked, ground), *long.values()]:
        first = min(found, key=lambda said: said.outcome != "contradicts")
        return replace(first, partly=kept and first.outcome == "contradicts")
    value, cell = max(cells.items(), key=lambda item: item[1].p99 or 0)
    shown = f"p99 of {ground.name(check.metric)}{_of(value)} is {words.figure(cell.p99, cell.unit)} (n {_n(cell)})"
    stats = sorted({each.gate.stat for each in asked})
    keep = f"{words.listed(stats)} {'keeps its' if len(stats) == 1 else 'keep their'} budget"
    return Said("supports", f"{shown}, at most {check.max_ratio:g} times the median, and {keep}")


def _is_budget(gate: Gate) -> bool:
    return gate.stat in ("p95", "p99") and gate.max is not None


def _budgets(check: Tail, asked: Sequence[GateResult], ground: Ground) -> Iterator[Said]:
    """What speaks against kept budgets."""
    if not asked:
        name = ground.name(check.metric)
        yield Said("silent", f"no gate of the release policy sets a budget for p95 or p99 of {name}")
    for each in asked:
        if each.state == "fail":
            yield Said("contradicts", f"the gate on {each.gate.stat} fails: {each.why}")
        elif each.state != "pass":
            yield Said("silent", f"the gate on {each.gate.stat} cannot be decided: {each.why}")


def _keeps(gate: Gate, cell: Cell) -> bool:
    own = comparison.of_cell(cell, gate.stat)
    return own is not None and gate.max is not None and own.high <= gate.max


def _long_tail(check: Tail, ground: Ground, value: str, cell: Cell) -> Said | None:
    """What is said of a p99 that stands further from the median than allowed, by its interval or only as measured."""
    name = f"{ground.name(check.metric)}{_of(value)}"
    if cell.p50 is None or cell.p99 is None:
        return Said("silent", f"the median and p99 of {name} are not both known (n {_n(cell)})")
    if cell.p99 <= check.max_ratio * cell.p50:
        return None
    half, high = comparison.of_cell(cell, "p50"), comparison.of_cell(cell, "p99")
    sure = half is not None and high is not None and high.low > check.max_ratio * half.high
    said = (
        f"p99 of {name} is {words.figure(cell.p99, cell.unit)} (n {_n(cell)}), "
        f"more than {check.max_ratio:g} times the median of {words.figure(cell.p50, cell.unit)}"
    )
    return Said("contradicts", said) if sure else Said("silent", f"{said}, on too few cases to be sure")


def load(check: Load, ground: Ground) -> Said:
    """The test at the planned load decides, or the next above it; what lies further above may break."""
    tests = {
        int(number): cell
        for value, cell in ground.by(check.metric, check.dimension).items()
        if cell and (number := value.partition("=")[2]).isdecimal()
    }
    if not tests:
        none = ground.no_figure(check.metric, check.dimension)
        return replace(none, why=f"no load test counts: {none.why}")
    planned, reached = ground.policy.peak_concurrency if ground.policy else None, max(tests)
    if planned is None:
        said = f"a load test reached {reached:,} requests at once, and the policy does not say how many are planned"
        return Said("silent", said)
    lost = {at: _lost(check, tests[at], f"at {at:,} requests at once, {planned:,} being planned,") for at in tests}
    kept = any(said.outcome == "supports" for said in lost.values())
    if reached < planned:
        said = f"the load test reached {reached:,} requests at once, and {planned:,} are planned"
        return Said("contradicts", said, partly=kept)
    decides = lost[min(at for at in tests if at >= planned)]
    return replace(decides, partly=kept and decides.outcome == "contradicts")


def _lost(check: Load, cell: Cell, at: str) -> Said:
    total = 0 if cell.n is None else cell.n + cell.errors
    if not total:
        return Said("silent", f"{at} the load test does not say how many requests it made")
    if cell.stated and not cell.errors:
        return Said("silent", f"{at} the load test does not say how many of {total:,} were lost")
    between = wilson(cell.errors, total)
    said = f"{at} {cell.errors:,} of {total:,} were lost"
    if between.low > check.max_errors:
        return Said("contradicts", f"{said}, where at most {_amount(check.max_errors, 'ratio')} is asked")
    if between.high > check.max_errors:
        return Said(
            "silent", f"{said}, which does not settle whether it is at most {_amount(check.max_errors, 'ratio')}"
        )
    return Said("supports", said)


def gates(check: Gates, ground: Ground) -> Said:
    if ground.policy is None:
        return Said("silent", "no release policy is stored")
    if not ground.gates:
        return Said("contradicts", "the release policy has no gate")
    if check.regression and not any(each.gate.max_regression is not None for each in ground.gates):
        return Said("contradicts", "no gate of the release policy compares with the baseline", partly=True)
    total = len(ground.gates)
    passed = sum(each.state == "pass" for each in ground.gates)
    failed = [each for each in ground.gates if each.state == "fail"]
    if failed:
        fails = f"{_part(len(failed), total)} {'fails' if len(failed) == 1 else 'fail'}"
        return Said("contradicts", f"{fails}: {_why(failed[0], ground)}", partly=passed > 0)
    unsure = [each for each in ground.gates if each.state != "pass"]
    if unsure:
        return Said("silent", f"{_part(len(unsure), total)} cannot be decided: {_why(unsure[0], ground)}")
    passing = "pass, the first" if total > 1 else "passes"
    return Said("supports", f"{_part(total, total)} {passing} with {ground.gates[0].why}")


def _part(some: int, total: int) -> str:
    return "the one gate" if total == 1 else f"{some} of {total} gates"


def _why(result: GateResult, ground: Ground) -> str:
    """The reason of a gate; where no figure counts, that of their absence."""
    metric = result.gate.metric
    return result.why if ground.known(metric) else ground.no_figure(metric).why


def _everywhere(metric: str, ground: Ground) -> dict[str, Cell]:
    """The candidate's figures over all cases ("") and for each workflow and cohort."""
    found = ground.by(metric, "") | ground.by(metric, "workflow") | ground.by(metric, "cohort")
    return {value: cell for value, cell in found.items() if cell}


def _unstated(name: str, values: list[str]) -> Said:
    return Said("silent", f"how many cases measure {name}{_of(_named(values))} is not stated")


def _behind(overall: Cell, part: Cell) -> Interval:
    """By how much a part of the cases is worse than all others together; open where too little is known."""
    if part.n and (part.n, part.mean) == (overall.n, overall.mean):
        return Interval(0.0, 0.0)
    rest = _rest(overall, part)
    found = Row(part.metric, ANY, ANY, rest, part).worsened() if rest else None
    return found or Interval(-math.inf, math.inf)


def _rest(overall: Cell, part: Cell) -> Cell | None:
    """The cases that are not in the part, worked out from the sums behind both cells; None where no cases have them."""
    if overall.mean is None or part.mean is None or not overall.n or not part.n or part.n >= overall.n:
        return None
    n = overall.n - part.n
    total = overall.mean * overall.n - part.mean * part.n
    passed = None
    if overall.passed is not None and part.passed is not None:
        passed = overall.passed - part.passed
        if not 0 <= passed <= n:
            return None
    rate = passed is not None and abs(passed - total) <= _ROUNDING * overall.n
    mean = passed / n if passed is not None and rate else total / n
    if overall.unit == "ratio":
        if not -_ROUNDING <= mean <= 1 + _ROUNDING:
            return None
        mean = min(max(mean, 0.0), 1.0)
    sd = None
    if overall.sd is not None and part.sd is not None and n > 1:
        squares = _squares(overall) - _squares(part) - n * mean**2
        if squares < -_ROUNDING * _squares(overall):
            return None
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


def _came(name: str, value: str, cell: Cell) -> str:
    """A figure with its interval and the cases behind it; the verb fits a metric of any number."""
    if cell.mean is None:
        return f"there is no figure of {name}{_of(value)} (n {_n(cell)})"
    own = comparison.of_cell(cell)
    between = f", 95 % interval {words.between(own.low, own.high, cell.unit)}" if own else ""
    return f"{name}{_of(value)} came to {words.figure(cell.mean, cell.unit)} (n {_n(cell)}{between})"


def _n(cell: Cell) -> str:
    return "not stated" if cell.n is None else f"{cell.n:,}"


def _amount(value: float | None, unit: str) -> str:
    if value is None:
        return "any"
    return f"{value * 100:g} %" if unit == "ratio" else f"{value:g} {unit}".strip()


def _of(value: str) -> str:
    return f" for {value}" if value else ""


def _noun(by: str) -> str:
    return by if by in ("workflow", "cohort") else by.replace("_", " ")


def _count(n: int, by: str) -> str:
    return words.count(n, by) if by in ("workflow", "cohort") else f"{words.count(n, 'value')} of {_noun(by)}"


def _named(values: list[str]) -> str:
    more = [f"{len(values) - NAMED} more"] if len(values) > NAMED else []
    return words.listed([*values[:NAMED], *more])
