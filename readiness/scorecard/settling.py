"""What would settle a gate that cannot be decided: how many cases, and what it could miss as it stands. Pure.

Worked out for the estimate as it is (`planning`), so these are plans and no promises.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from readiness import formatting
from readiness.language import tr, trn
from readiness.model.cells import Cell, Statistic
from readiness.model.policy import Gate

from . import planning, uncertainty
from .compare import ScorecardRow


def needed(gate: Gate, row: ScorecardRow, confidence: float) -> int | None:
    """How many independent cases (clusters, pairs) settle the gate for a row, whichever way; None where none does.

    All bounds have to be kept, so the one that asks for most decides, but the first that is surely missed is enough.
    """
    wanted = list(_wanted(gate, row, confidence))
    if not wanted:
        return None
    missed = [n for keeps, n in wanted if not keeps and n is not None]
    if missed:
        return max(gate.min_n, min(missed))
    counts = [n for _, n in wanted if n is not None]
    return max(gate.min_n, *counts) if len(counts) == len(wanted) else None


def sentence(gate: Gate, row: ScorecardRow, confidence: float) -> str:
    """`about 340 more cases would settle it; would not notice a loss below 3.1 points`; "" where nothing is known."""
    total, has = needed(gate, row, confidence), independent(gate, row)
    clauses = []
    if total is not None and has is not None and total > has:
        clauses.append(_settles(_rounded(total - has), _noun(gate, row)))
    if missed := _unnoticed(gate, row, confidence):
        clauses.append(tr("would not notice a loss below {loss}", loss=missed))
    return "; ".join(clauses)


def _settles(more: int, noun: str) -> str:
    if noun == "pair":
        return trn("about {n} more pair would settle it", "about {n} more pairs would settle it", more)
    if noun == "cluster":
        return trn("about {n} more cluster would settle it", "about {n} more clusters would settle it", more)
    return trn("about {n} more case would settle it", "about {n} more cases would settle it", more)


def independent(gate: Gate, row: ScorecardRow) -> int | None:
    """How many independent parts the gate rests on now."""
    if _in_pairs(gate, row) and row.pairs is not None:
        return row.pairs.n
    return row.candidate.independent if row.candidate else None


def _wanted(gate: Gate, row: ScorecardRow, confidence: float) -> Iterator[tuple[bool, int | None]]:
    """For each bound whether the estimate keeps it, and how many settle that."""
    cell = row.candidate
    if cell is None:
        return
    value = getattr(cell, gate.stat)
    for bound, least in ((gate.min, True), (gate.max, False)):
        if bound is not None and value is not None:
            keeps = value >= bound if least else value <= bound
            yield keeps, _of_cell(cell, gate.stat, bound, least=least == keeps, confidence=confidence)
    worsening = row.worsening(gate.stat)
    if gate.max_regression is not None and worsening is not None:
        keeps = worsening <= gate.max_regression
        yield keeps, _of_change(gate, row, worsening, confidence)


def _of_cell(cell: Cell, stat: Statistic, bound: float, *, least: bool, confidence: float) -> int | None:
    sample = uncertainty.sample_of(cell) if stat == "mean" else None
    if sample is not None and sample.known:
        limits = {"least": bound} if least else {"most": bound}
        return planning.needed(sample, **limits, confidence=confidence)
    if planning.rests_on_too_few(cell, stat):
        return planning.FEWEST[stat]
    own = uncertainty.of_cell(cell, stat, confidence=confidence)
    return planning.needed_for(getattr(cell, stat), own, bound, cell.independent) if own else None


def _of_change(gate: Gate, row: ScorecardRow, worsening: float, confidence: float) -> int | None:
    worsened = row.worsened(gate.stat, confidence)
    if worsened is None or gate.max_regression is None or row.candidate is None or row.baseline is None:
        return None
    one, two = uncertainty.sample_of(row.candidate), uncertainty.sample_of(row.baseline)
    apart = gate.stat == "mean" and row.pairs is None and one is not None and two is not None
    if not (apart and one and two and row.sign):
        return planning.needed_for(worsening, worsened, gate.max_regression, independent(gate, row))
    at = row.sign * gate.max_regression
    least = (row.sign == -1) == (worsening <= gate.max_regression)
    return planning.needed_apart(one, two, **({"least": at} if least else {"most": at}), confidence=confidence)


def _unnoticed(gate: Gate, row: ScorecardRow, confidence: float) -> str:
    """The smallest loss against the baseline that as many cases as these would notice."""
    change, difference = row.change(gate.stat), row.difference(gate.stat, confidence)
    if gate.max_regression is None or change is None or difference is None or row.sign is None:
        return ""
    loss = planning.unnoticed(
        change, difference.interval, "higher" if row.sign == -1 else "lower", confidence=confidence
    )
    unit = row.candidate.unit if row.candidate else ""
    return "" if math.isinf(loss) else formatting.difference(loss, unit).lstrip("+")


def _in_pairs(gate: Gate, row: ScorecardRow) -> bool:
    return gate.max_regression is not None and gate.stat == "mean" and row.pairs is not None


def _noun(gate: Gate, row: ScorecardRow) -> str:
    """What is counted: pairs and clusters where the figure rests on these."""
    if _in_pairs(gate, row) and row.pairs is not None:
        return "pair" if row.pairs.n == row.pairs.cases else "cluster"
    return "cluster" if row.candidate and row.candidate.clusters is not None else "case"


def _rounded(n: int) -> int:
    """Two digits are as much as a plan knows."""
    unit = int(10 ** max(0, len(str(n)) - 2))
    return -(-n // unit) * unit
