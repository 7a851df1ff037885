"""The scorecard in words: what changed, for whom, how sure that is, and what its gates ask. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from readiness import formatting
from readiness.model.cells import Statistic
from readiness.model.judges import base, judge_of
from readiness.model.record import ANY
from readiness.scorecard import display, gate_words
from readiness.scorecard.compare import Reading, ScorecardRow, place, readings, regressions
from readiness.scorecard.display import Board
from readiness.scorecard.gates import GateResult

from . import cohort_words
from .review import Review

GATES = {"pass": "✓ pass", "fail": "✕ fail", "inconclusive": "? inconclusive", "missing": "– no data"}
NO_CLEAR_CHANGE = "no clear change"


def gate(result: GateResult) -> str:
    """The state of a gate; where there is a figure that cannot be judged, that there is no data would be wrong."""
    there = result.row is not None and result.row.candidate is not None
    judged = there and getattr(result.row and result.row.candidate, result.gate.stat) is not None
    return "– not judged" if result.state == "missing" and judged else GATES[result.state]


def gate_asked(review: Review, result: GateResult) -> str:
    """What a gate asks, with the name that the checklist has for its metric."""
    return gate_words.asked(result, review.checklist.metric(result.gate.metric))


def lead_metric(review: Review) -> str:
    """The metric that speaks first: task success where it can be judged, else the first that can, or has figures."""
    for told in (ScorecardRow.worsening, ScorecardRow.change):
        able = (row for row in review.rows if told(row) is not None)
        if first := next(able, None):
            task = any(told(row) is not None for row in review.rows if row.metric == "task_success")
            return "task_success" if task else first.metric
    return ""


def how_to_direct(metrics: Sequence[str]) -> str:
    """What to do about metrics of which nobody has said which way is better; "" where there are none."""
    if not metrics:
        return ""
    return (
        f"Which way is better is not stated for {formatting.named(metrics)}: import the file again with "
        "--map direction:METRIC=higher (or lower), or say it in a gate of the policy (direction)."
    )


def differences(board: display.Board, name: str, sides: str = "Candidate minus baseline") -> str:
    """What the picture of the differences shows, and in which unit."""
    told = unit(board.rows[0])
    told = "percentage points" if told == "ratio" else told
    return f"{sides}{f', in {told}' if told else ''}: {name}"


def legend(board: display.Board, metric: str) -> str:
    """How to read that picture; of a metric without a direction, how to state one."""
    return how_to_direct([metric] if any(row.undirected for row in board.rows) else []) or (
        "Orange is worse, blue is better: strong where the 95 % interval leaves out no change, faint where it does "
        f"not, hatched below {display.FEW} cases. ▼ ▲ no doubt is left, ≈ within the stated margin, adjusted for all."
    )


def undirected(review: Review) -> list[str]:
    """The metrics with figures of both versions and no direction."""
    return list(dict.fromkeys(row.metric for row in review.rows if row.undirected and row.change() is not None))


def scorecard(review: Review, metric: str = "", stat: Statistic = "mean") -> str:
    """The overall change of a metric, and the cohorts that are worse beyond chance, or else the one that lost most."""
    return review.kept.once(("scorecard", metric, stat), lambda: _scorecard(review, metric, stat))


def _scorecard(review: Review, metric: str, stat: Statistic) -> str:
    metric = metric or lead_metric(review)
    if not metric:
        return f"Nothing to compare yet: {formatting.listed(review.packet.parts['scorecard'].missing) or 'no results'}."
    own = review.boards.by_metric.get(metric, [])
    compared = [row for row in own if row.worsening(stat) is not None and not display.thin(row, stat)]
    name = metric_name(review, metric) + ("" if stat == "mean" else f" {stat}")
    overall = next((row for row in compared if row.workflow == row.cohort == ANY), None)
    if overall is None:
        return f"{name}: {_not_judged(next((row for row in own if row.workflow == row.cohort == ANY), None), stat)}."
    first = f"{name}: {_change(overall, stat)} overall"
    cohorts = [row for row in compared if row.cohort != ANY and row.workflow == ANY]
    return f"{first}{_of_cohorts(cohorts, overall, stat)}." if cohorts else f"{first}; no cohort is named."


def _of_cohorts(own: Sequence[ScorecardRow], overall: ScorecardRow, stat: Statistic) -> str:
    """The cohorts that are worse beyond chance, or else what can be said of them all."""
    surely = [regression.row for regression in regressions(own, stat)]
    if surely:
        more = f", and {formatting.count(len(surely) - 1, 'more cohort')}" if len(surely) > 1 else ""
        joint = ", and" if overall.reading(stat) == "worse" else ", but"
        return f"{joint} worse for {_lost(surely[0], stat)}{more}"
    if any(stat in row.margins for row in own):
        return f"; {_within_margins(own, stat)}"
    worst = max(own, key=lambda row: row.worsening(stat) or 0)
    lost = f", {_lost(worst, stat)} lost most" if (worst.worsening(stat) or 0) > 0 else ""
    return f"; no cohort is worse beyond chance{lost}"


def _within_margins(cohorts: Sequence[ScorecardRow], stat: Statistic) -> str:
    """For how many cohorts it cannot be told whether they are the same, none being worse beyond chance."""
    told = readings(cohorts, stat)
    unsure = [row for row in cohorts if told[row.metric, row.workflow, row.cohort] == "cannot tell"]
    if not unsure:
        return "no cohort is worse"
    worst = max(unsure, key=lambda row: row.worsening(stat) or 0)
    lost = f", {_lost(worst, stat)} lost most" if (worst.worsening(stat) or 0) > 0 else ""
    return f"no cohort is worse beyond chance, but for {len(unsure):,} of {len(cohorts):,} it cannot be told{lost}"


def _not_judged(row: ScorecardRow | None, stat: Statistic) -> str:
    """What there is of two versions where better and worse cannot be said."""
    if row is not None and row.change(stat) is not None and display.thin(row, stat):
        return f"{display.TOO_FEW} for {stat}"
    if row is not None and (change := row.change(stat)) is not None:
        what = "which way is better is not stated" if row.undirected else "neither way is better as such"
        same = f"{reading_words(row, stat, 'same')}, " if row.is_same(stat) else ""
        return f"{same}{formatting.difference(change, unit(row))} overall; {what}"
    if row is not None and not row.comparable:
        return "the units of baseline and candidate differ, so they are not compared"
    if row is not None and (side := row.candidate or row.baseline) and getattr(side, stat) is not None:
        missing = "the baseline" if row.candidate else "the candidate"
        figure = formatting.figure(getattr(side, stat), side.unit)
        return f"{figure}, with nothing of {missing} to compare it with"
    return "baseline and candidate cannot be compared yet"


def _lost(row: ScorecardRow, stat: Statistic) -> str:
    told = f"{formatting.difference(row.change(stat), unit(row))}, {_cases(row)}"
    language = cohort_words.language(row.cohort)
    return f"{language} ({place(row)}: {told})" if language else f"{place(row)} ({told})"


def unit(row: ScorecardRow) -> str:
    side = row.candidate or row.baseline
    return side.unit if side else ""


def no_change(row: ScorecardRow, stat: Statistic) -> str:
    """Why there is no difference: no figure on a side, figures in units that differ, or of too few cases."""
    if row.change(stat) is not None:
        return display.TOO_FEW
    return "no data" if row.comparable else "units differ"


def changed(row: ScorecardRow, stat: Statistic) -> str:
    """The difference, or why there is none."""
    if row.change(stat) is None or display.thin(row, stat):
        return no_change(row, stat)
    return formatting.difference(row.change(stat), unit(row))


def marked(board: Board, row: ScorecardRow) -> str:
    """The mark of a difference, with what may be said of it in words where a margin makes that more than a mark."""
    reading, mark = board.reading(row), board.mark(row)
    if reading is None or board.stat not in row.margins or row.change(board.stat) is None:
        return mark
    return f"{mark} {reading}".lstrip()


def margins(board: Board) -> str:
    """What `≈` stands for: `≈ the same within 2 points`; empty where no margin is stated."""
    margins = sorted({row.margins[board.stat] for row in board.rows if board.stat in row.margins})
    words = [formatting.margin(margin, unit(board.rows[0])) for margin in margins]
    return f"≈ the same within {formatting.listed(words)}" if words else ""


def _change(row: ScorecardRow, stat: Statistic) -> str:
    """Better or worse only where that is sure."""
    reading = row.reading(stat)
    if reading == "unchanged":
        return reading
    words = reading_words(row, stat, reading)
    unsure = ", not beyond chance" if words == NO_CLEAR_CHANGE else ""
    return f"{words} ({changed(row, stat)}{unsure})"


def reading_words(row: ScorecardRow, stat: Statistic, reading: Reading) -> str:
    """What may be said of a change; without a margin nobody can say that it is the same."""
    margin = row.margins.get(stat)
    if reading == "same" and margin:
        return f"the same within {formatting.margin(margin, unit(row))}"
    return NO_CLEAR_CHANGE if reading == "cannot tell" and margin is None else reading


def called(cohort: str) -> str:
    """`Japanese (language=ja)`, `tenant=acme`, `all cases`."""
    language = cohort_words.language(cohort)
    return "all cases" if cohort == ANY else f"{language} ({cohort})" if language else cohort


def _cases(row: ScorecardRow) -> str:
    return formatting.cases(row.candidate) if row.candidate else ""


def metric_name(review: Review, metric: str) -> str:
    """The metric in words where the checklist knows it, else as the file has it."""
    return next((known.name for known in review.checklist.metrics if known.id == metric), metric)


def judges(review: Review, metric: str) -> list[str]:
    """Who scores a metric, as the policy says, and whether that was held against people."""
    own = [check for name, checks in review.judges.items() if base(name) == base(metric) for check in checks]
    return [check.sentence for check in own if judge_of(metric) in ("", check.judge.judge)]
