"""Cases of which not one may fail: how many of them did, whatever the rate over all cases says. Pure."""

from __future__ import annotations

import math

from readiness import formatting
from readiness.language import tr, trn
from readiness.model import measures
from readiness.model.cells import CRITICAL, SEVERITY, Cell
from readiness.model.judges import base
from readiness.model.policy import Gate
from readiness.model.record import ANY

_BEST = {"higher": 1.0, "lower": 0.0}
_ROUNDING = 1e-9


def is_apart(cohort: str) -> bool:
    """Whether a cohort is a severity, which each gate of "each cohort" leaves to its own rule."""
    return _folded(cohort).startswith(f"{SEVERITY}=")


def is_critical(cohort: str) -> bool:
    """Whether a cohort holds the critical cases, however its file writes that."""
    return _folded(cohort) == CRITICAL


def _folded(cohort: str) -> str:
    return "".join(cohort.casefold().split())


def holds(gate: Gate, metric: str, workflow: str, cohort: str) -> bool:
    """Whether these are the critical cases of what a gate looks at; a cohort that it names holds none of the others."""
    return (
        is_critical(cohort)
        and gate.metric in (metric, base(metric))
        and gate.stat == "mean"
        and (gate.cohort in (ANY, "each") or is_critical(gate.cohort))
        and (workflow != ANY if gate.workflow == "each" else workflow == gate.workflow)
    )


def is_scored(cell: Cell | None) -> bool:
    """Whether the metric is one that a case can pass or fail, rather than what it takes."""
    return cell is not None and (cell.passed is not None or cell.unit == measures.RATIO)


def failed(cell: Cell) -> int | None:
    """How many cases failed, each run counted; None where no case says whether it passed.

    Where a lower figure is better, a case of 1 is one that failed. A stated rate is as many cases as it comes to.
    """
    best = _BEST.get("higher" if cell.direction == "unknown" else cell.direction)
    if not cell.n or cell.mean is None or best is None:
        return None
    if cell.passed is not None:
        counted_ones = cell.direction == "lower" and math.isclose(cell.mean, cell.passed / cell.n, abs_tol=_ROUNDING)
        return cell.passed if counted_ones else cell.n - cell.passed
    if cell.unit != measures.RATIO:
        return None
    if cell.mean == best:
        return 0
    return math.ceil(cell.n * abs(best - cell.mean) - _ROUNDING) if cell.stated and cell.sd is None else None


def settled(gate: Gate, critical: Cell | None) -> bool | None:
    """Whether what became of critical cases fails a gate, or else keeps it from passing (False); None for neither."""
    if critical is None:
        return None
    if failed(critical):
        return True
    return False if critical.errors or gate.critical else None


def told(cell: Cell) -> str:
    """What became of cases of which none may fail: `1 of 12 critical cases failed`; empty where all passed."""
    bad = failed(cell)
    where = ", ".join(part for part in (cell.workflow, cell.cohort) if part not in (ANY, CRITICAL))
    cases = " ".join([_of_cases(cell), *([tr("for {where}", where=where)] if where else [])])
    if bad:
        told = tr("{failed} {of_cases} failed", failed=formatting.whole(bad), of_cases=cases)
        return told if cell.cohort == CRITICAL else f"{told}, {tr('where none may')}"
    if cell.errors:
        return trn("{n} {of_cases} was not scored", "{n} {of_cases} were not scored", cell.errors, of_cases=cases)
    if bad is None:
        return tr("whether any {of_cases} failed cannot be told, since none says that it passed", of_cases=cases)
    return ""


def _of_cases(cell: Cell) -> str:
    """How many there are, of which some failed: `of 12 critical cases`."""
    total, none_may = (cell.n or 0) + cell.errors, cell.cohort == CRITICAL
    if cell.clusters is None:
        if none_may:
            return trn("of {n} critical case", "of {n} critical cases", total)
        return trn("of {n} case", "of {n} cases", total)
    runs = formatting.whole(total)
    return tr("of {runs} runs of critical cases", runs=runs) if none_may else tr("of {runs} runs of cases", runs=runs)
