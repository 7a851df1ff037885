"""Two assessments beside each other: of one system or of two, on what differs and on what both have measured. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from readiness.language import marked, tr, trn
from readiness.model.cells import Cell, Statistic
from readiness.model.checklist import LEVELS, Level, Signal
from readiness.model.record import ANY
from readiness.scorecard import display, heat
from readiness.scorecard.heat import Strip

from . import glance, level_words, summaries
from .items import Answer
from .review import Review

NO_TEST = marked(
    "A difference between two systems is not a test: they answer other cases. Each figure stands with its own interval."
)
OWN_TEST = marked(
    "Each figure stands with its own interval; whether a version is worse is tested on its own scorecard."
)


class SignalPair(NamedTuple):
    """A question that is answered or shown otherwise on the two sides; None where a side's checklist has it not."""

    signal: Signal
    left: Answer | None
    right: Answer | None


@dataclass(frozen=True)
class MetricPair:
    """A figure of the version under review on each side over all cases; a strip is on a scale that both share."""

    metric: str
    name: str
    stat: Statistic
    left: Cell
    right: Cell
    strips: tuple[Strip, Strip]


def sentence(left: Review, right: Review) -> str:
    """Which of the two stands better, and how many answers differ."""
    before, now = left.verdict.level, right.verdict.level
    step = LEVELS.index(now) - LEVELS.index(before)
    if step > 0:
        text = marked("{system} is {level}, worse than {other}, which is {before}")
    elif step:
        text = marked("{system} is {level}, better than {other}, which is {before}")
    else:
        text = marked("{system} is {level}, no other than {other}")
    words = {level: tr(level_words.SHAPES[level][1]) for level in (before, now)}
    stands = tr(text, system=name(right, left), level=words[now], other=name(left, right), before=words[before])
    differing = trn("{n} answer differs", "{n} answers differ", len(signals(left, right)))
    return f"{stands}; {differing}."


def name(review: Review, other: Review) -> str:
    """The version where both are of one system, else the system."""
    return review.assessment.candidate if review.slug == other.slug else review.name


def own_day(review: Review, other: Review) -> Level | None:
    """The verdict of an earlier assessment on its own day, where the other side looks back at it."""
    return next((past.verdict.level for past in other.history[:-1] if past.id == review.assessment_id), None)


def caution(left: Review, right: Review) -> str:
    """What a difference between the two does not say."""
    return tr(OWN_TEST if left.slug == right.slug else NO_TEST)


def signals(left: Review, right: Review) -> list[SignalPair]:
    """The questions whose mark differs, or what stands behind it, in the order of the right side's checklist."""
    answers = [{answer.signal.id: answer for answer in review.answers} for review in (left, right)]
    known = {signal.id: signal for review in (right, left) for signal in review.checklist.all}
    pairs = [SignalPair(signal, *(side.get(name) for side in answers)) for name, signal in known.items()]
    return [pair for pair in pairs if _told(pair.left) != _told(pair.right)]


def _told(answer: Answer | None) -> tuple[object, ...] | None:
    return (answer.mark.mark, answer.mark.not_applicable, answer.state) if answer else None


def metrics(left: Review, right: Review) -> list[MetricPair]:
    """What both have measured of their version under review, in the same unit, over all cases."""
    lines = {line.metric: line for line in glance.lines(left)}
    return [
        _metric(line, mine, other)
        for line in glance.lines(right)
        if (before := lines.get(line.metric)) is not None
        and (mine := _whole(before)) is not None
        and (other := _whole(line)) is not None
        and mine.unit == other.unit
    ]


def _whole(line: glance.MetricLine) -> Cell | None:
    """The figure of the version under review over all cases, where there is one."""
    cell = line.row.candidate if line.is_whole else None
    return cell if cell is not None and display.shown(cell, line.stat) is not None else None


def _metric(line: glance.MetricLine, left: Cell, right: Cell) -> MetricPair:
    first, second = strips([left, right], line.stat)
    return MetricPair(line.metric, line.name, line.stat, left, right, (first, second))


def strips(cells: Sequence[Cell], stat: Statistic) -> list[Strip]:
    """Each figure with its interval, in per cent of a scale that all of them share."""
    spans = [_span(cell, stat) for cell in cells]
    low, high = min(span[0] for span in spans), max(span[2] for span in spans)
    room = (high - low) or 1
    return [Strip(*(100 * (value - low) / room if high > low else 50 for value in span)) for span in spans]


def _span(cell: Cell, stat: Statistic) -> tuple[float, float, float]:
    value = display.shown(cell, stat) or 0.0
    interval = display.interval(cell, stat)
    return heat.bounded(interval, value)


class PastAnswer(NamedTuple):
    """How a question stood in one assessment; `mark` and `state` as people read them."""

    candidate: str
    assessed_on: dt.date | None
    mark: str
    state: str
    level: Level


def signal_history(review: Review, signal: str) -> list[PastAnswer]:
    """A question over all assessments up to this one, the earliest first; each as on its own day."""
    return [
        PastAnswer(
            past.assessment.candidate,
            past.assessment.assessed_on,
            summaries.answered(mark.mark, mark.not_applicable) if mark else summaries.answered(None),
            tr(summaries.ANSWERS[past.verdict.answers[signal].state][1])
            if mark and mark.mark in ("no", "partial")
            else "",
            past.verdict.level,
        )
        for past in review.history
        if signal in past.verdict.answers
        for mark in (past.marks.get(signal),)
    ]


class PastFigure(NamedTuple):
    """A figure of one version over all cases, as measured last; the strips of all versions share a scale."""

    version: str
    cell: Cell
    measured_on: dt.date | None
    strip: Strip


def metric_history(review: Review, metric: str) -> list[PastFigure]:
    """A metric over all versions, stale or not, in the order in which they were assessed or measured.

    A file that does not add up, or that has no day on which it was measured, says nothing here.
    """
    stat, chosen = glance.stat_of(metric), dict[str, tuple[Cell, dt.date | None]]()
    stated = [
        (cell, file)
        for cell, file in review.facts.cells.of_metric(metric)
        if _is_whole(cell, stat) and file.freshness(review.as_of) in ("fresh", "stale")
    ]
    for cell, file in sorted(stated, key=lambda pair: str(pair[1].measured_on or "")):
        chosen[cell.version] = (cell, file.measured_on)
    order = {past.assessment.candidate: str(past.assessment.assessed_on or "") for past in review.history}
    unit = next((cell.unit for cell, _ in reversed(chosen.values())), "")
    kept = [(version, cell, day) for version, (cell, day) in chosen.items() if cell.unit == unit]
    kept.sort(key=lambda one: (order.get(one[0], str(one[2] or "")), one[0]))
    drawn = strips([cell for _, cell, _ in kept], stat) if kept else []
    return [PastFigure(*one, strip) for one, strip in zip(kept, drawn, strict=True)]


def _is_whole(cell: Cell, stat: Statistic) -> bool:
    return cell.workflow == cell.cohort == ANY and display.shown(cell, stat) is not None
