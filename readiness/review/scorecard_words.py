"""The scorecard in words: what changed, for whom, how sure that is, and what its gates ask. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from readiness import formatting, language
from readiness.language import tr, trn
from readiness.model.cells import Statistic
from readiness.model.judges import base, judge_of
from readiness.model.record import ANY
from readiness.scorecard import display, gate_words
from readiness.scorecard.compare import Reading, ScorecardRow, place, readings, regressions
from readiness.scorecard.display import Board
from readiness.scorecard.gates import GateResult

from . import cohort_words
from .review import Review

GATES = {
    "pass": language.marked("✓ pass"),
    "fail": language.marked("✕ fail"),
    "inconclusive": language.marked("? inconclusive"),
    "missing": language.marked("– no data"),
}
READINGS: dict[Reading, str] = {
    "same": language.marked("same"),
    "better": language.marked("better"),
    "worse": language.marked("worse"),
    "unchanged": language.marked("unchanged"),
    "cannot tell": language.marked("cannot tell"),
}
NO_CLEAR_CHANGE = language.marked("no clear change")


_NO_COHORT = language.marked("no cohort is named")


def gate(result: GateResult) -> str:
    """The state of a gate; where there is a figure that cannot be judged, that there is no data would be wrong."""
    there = result.row is not None and result.row.candidate is not None
    judged = there and getattr(result.row and result.row.candidate, result.gate.stat) is not None
    return tr("– not judged") if result.state == "missing" and judged else tr(GATES[result.state])


def gate_asked(review: Review, result: GateResult) -> str:
    """What a gate asks, with the name that the checklist has for its metric."""
    return gate_words.asked(result, review.checklist.metric(result.gate.metric))


def lead_metric(review: Review) -> str:
    """The metric that speaks first: task success where it can be judged, else the first that can, or has figures."""
    return review.kept.once("lead_metric", lambda: _lead_metric(review))


def _lead_metric(review: Review) -> str:
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
    return tr(
        "Which way is better is not stated for {metrics}: import the file again with --map direction:METRIC=higher (or "
        "lower), or say it in a gate of the policy (direction).",
        metrics=formatting.named(metrics),
    )


def differences(board: display.Board, name: str, sides: str = language.marked("Candidate minus baseline")) -> str:
    """What the picture of the differences shows, and in which unit."""
    told = unit(board.rows[0])
    told = tr("percentage points") if told == "ratio" else told
    return f"{tr(sides)}{f', {_in(told)}' if told else ''}: {name}"


def _in(unit_: str) -> str:
    return tr("in {unit}", unit=unit_)


def legend(board: display.Board, metric: str) -> str:
    """How to read that picture; of a metric without a direction, how to state one."""
    return how_to_direct([metric] if any(row.undirected for row in board.rows) else []) or (
        tr(
            "Orange is worse, blue is better: strong where the 95 % interval leaves out no change, faint where it does "
            "not, hatched below {few} cases. ▼ ▲ no doubt is left, ≈ within the stated margin, adjusted for all.",
            few=display.FEW,
        )
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
        missing = formatting.listed(review.packet.parts["scorecard"].missing) or tr("no results")
        return tr("Nothing to compare yet: {missing}.", missing=missing)
    own = review.boards.by_metric.get(metric, [])
    compared = [row for row in own if row.worsening(stat) is not None and not display.thin(row, stat)]
    name = metric_name(review, metric) + ("" if stat == "mean" else f" {stat}")
    overall = next((row for row in compared if row.workflow == row.cohort == ANY), None)
    if overall is None:
        return f"{name}: {_not_judged(next((row for row in own if row.workflow == row.cohort == ANY), None), stat)}."
    first = f"{name}: {tr('{change} overall', change=_change(overall, stat))}"
    cohorts = [row for row in compared if row.cohort != ANY and row.workflow == ANY]
    return f"{first}{_of_cohorts(cohorts, overall, stat) if cohorts else f'; {tr(_NO_COHORT)}'}."


def _of_cohorts(own: Sequence[ScorecardRow], overall: ScorecardRow, stat: Statistic) -> str:
    """The cohorts that are worse beyond chance, or else what can be said of them all."""
    surely = [regression.row for regression in regressions(own, stat)]
    if surely:
        cohort, more = _lost(surely[0], stat), len(surely) - 1
        too = tr("and worse for {cohort}", cohort=cohort)
        told = [too if overall.reading(stat) == "worse" else tr("but worse for {cohort}", cohort=cohort)]
        told += [trn("and {n} more cohort", "and {n} more cohorts", more)] if more else []
        return f", {', '.join(told)}"
    if any(stat in row.margins for row in own):
        return f"; {_within_margins(own, stat)}"
    return f"; {tr('no cohort is worse beyond chance')}{_lost_most(own, stat)}"


def _lost_most(cohorts: Sequence[ScorecardRow], stat: Statistic) -> str:
    worst = max(cohorts, key=lambda row: row.worsening(stat) or 0)
    if (worst.worsening(stat) or 0) <= 0:
        return ""
    return f", {tr('{cohort} lost most', cohort=_lost(worst, stat))}"


def _within_margins(cohorts: Sequence[ScorecardRow], stat: Statistic) -> str:
    """For how many cohorts it cannot be told whether they are the same, none being worse beyond chance."""
    told = readings(cohorts, stat)
    unsure = [row for row in cohorts if told[row.metric, row.workflow, row.cohort] == "cannot tell"]
    if not unsure:
        return tr("no cohort is worse")
    first = tr(
        "no cohort is worse beyond chance, but for {unsure} of {every} it cannot be told",
        unsure=formatting.whole(len(unsure)),
        every=formatting.whole(len(cohorts)),
    )
    return f"{first}{_lost_most(unsure, stat)}"


def _not_judged(row: ScorecardRow | None, stat: Statistic) -> str:
    """What there is of two versions where better and worse cannot be said."""
    if row is not None and row.change(stat) is not None and display.thin(row, stat):
        return tr("too few cases for {statistic}", statistic=stat)
    if row is not None and (change := row.change(stat)) is not None:
        what = tr("which way is better is not stated") if row.undirected else tr("neither way is better as such")
        same = f"{reading_words(row, stat, 'same')}, " if row.is_same(stat) else ""
        told = f"{same}{formatting.difference(change, unit(row))}"
        return f"{tr('{change} overall', change=told)}; {what}"
    if row is not None and not row.comparable:
        return tr("the units of baseline and candidate differ, so they are not compared")
    if row is not None and (side := row.candidate or row.baseline) and getattr(side, stat) is not None:
        figure = formatting.figure(getattr(side, stat), side.unit)
        if row.candidate:
            return tr("{figure}, with nothing of the baseline to compare it with", figure=figure)
        return tr("{figure}, with nothing of the candidate to compare it with", figure=figure)
    return tr("baseline and candidate cannot be compared yet")


def _lost(row: ScorecardRow, stat: Statistic) -> str:
    told = f"{formatting.difference(row.change(stat), unit(row))}, {_cases(row)}"
    named = cohort_words.language(row.cohort)
    return f"{named} ({place(row)}: {told})" if named else f"{place(row)} ({told})"


def unit(row: ScorecardRow) -> str:
    side = row.candidate or row.baseline
    return side.unit if side else ""


def no_change(row: ScorecardRow, stat: Statistic) -> str:
    """Why there is no difference: no figure on a side, figures in units that differ, or of too few cases."""
    if row.change(stat) is not None:
        return tr(display.TOO_FEW)
    return tr("no data") if row.comparable else tr("units differ")


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
    return f"{mark} {tr(READINGS[reading])}".lstrip()


def margins(board: Board) -> str:
    """What `≈` stands for: `≈ the same within 2 points`; empty where no margin is stated."""
    margins = sorted({row.margins[board.stat] for row in board.rows if board.stat in row.margins})
    words = [formatting.margin(margin, unit(board.rows[0])) for margin in margins]
    return tr("≈ the same within {margins}", margins=formatting.listed(words)) if words else ""


def _change(row: ScorecardRow, stat: Statistic) -> str:
    """Better or worse only where that is sure."""
    reading = row.reading(stat)
    if reading == "unchanged":
        return tr(READINGS[reading])
    words = reading_words(row, stat, reading)
    unsure = f", {tr('not beyond chance')}" if words == tr(NO_CLEAR_CHANGE) else ""
    return f"{words} ({changed(row, stat)}{unsure})"


def reading_words(row: ScorecardRow, stat: Statistic, reading: Reading) -> str:
    """What may be said of a change; without a margin nobody can say that it is the same."""
    margin = row.margins.get(stat)
    if reading == "same" and margin:
        return tr("the same within {margin}", margin=formatting.margin(margin, unit(row)))
    return tr(NO_CLEAR_CHANGE if reading == "cannot tell" and margin is None else READINGS[reading])


def called(cohort: str) -> str:
    """`Japanese (language=ja)`, `tenant=acme`, `all cases`."""
    named = cohort_words.language(cohort)
    return tr("all cases") if cohort == ANY else f"{named} ({cohort})" if named else cohort


def _cases(row: ScorecardRow) -> str:
    return formatting.cases(row.candidate) if row.candidate else ""


def metric_name(review: Review, metric: str) -> str:
    """The metric in words where the checklist knows it, else as the file has it."""
    return next((tr(known.name) for known in review.checklist.metrics if known.id == metric), metric)


def judges(review: Review, metric: str) -> list[str]:
    """Who scores a metric, as the policy says, and whether that was held against people."""
    own = [check for name, checks in review.judges.items() if base(name) == base(metric) for check in checks]
    return [check.sentence for check in own if judge_of(metric) in ("", check.judge.judge)]
