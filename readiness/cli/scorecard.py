"""The scorecard: figures beside their baseline, and the gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from readiness import formatting
from readiness.api import asked
from readiness.language import marked, tr
from readiness.model.record import ANY
from readiness.review import scorecard_json, scorecard_words
from readiness.scorecard import compare, display, gate_words
from readiness.scorecard.compare import CellKey, ScorecardRow
from readiness.services import judges, reruns, reviews

from . import base

commands = typer.Typer(rich_markup_mode=None)
_HEAD = (
    marked("metric"),
    marked("workflow"),
    marked("cohort"),
    marked("baseline"),
    marked("candidate"),
    marked("change"),
    marked("95 % interval"),
)


@commands.command("scorecard")
def scorecard(
    system: Annotated[str, typer.Argument(autocompletion=base.systems, help=tr("The system to show."))],
    metric: Annotated[str, typer.Option("--metric", help=tr("One metric; all of them by default."))] = "",
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """Say the figures of a system beside their baseline, and what its gates make of them."""
    if elsewhere := base.remote():
        from . import remote

        remote.scorecard(elsewhere, system, metric, as_of)
        return
    store, by = base.store(db), base.me()
    review = reviews.load(store, by, system, as_of=base.day(as_of))
    asked.metric(review, metric, place="--metric")
    if json:
        apart = judges.of_metrics(store, by, review, metric)
        base.answer(scorecard_json.answer(reruns.beside(store, by, review), metric, apart))
        return
    base.say(scorecard_words.scorecard(review, metric))
    rows = [row for row in review.rows if metric in ("", row.metric)]
    for line in compared(rows) if rows else ():
        base.say(line)
    for result in review.gates:
        if metric in ("", result.gate.metric):
            what = scorecard_words.gate_asked(review, result)
            base.say(f"{scorecard_words.gate(result)}  {what}: {gate_words.reason(result)}")


def compared(rows: Sequence[ScorecardRow]) -> list[str]:
    """Candidate beside baseline, a line for each row below a head."""
    marks = _marks(rows)
    return columns([tuple(map(tr, _HEAD)), *(_line(row, marks) for row in rows)])


def _marks(rows: Sequence[ScorecardRow]) -> dict[CellKey, str]:
    """Which figures are better or worse beyond chance, each by the statistic that speaks for it."""
    sure: dict[CellKey, str] = {}
    for stat in display.LEADS:
        own = [row for row in rows if scorecard_json.statistic(row) == stat and not display.thin(row, stat)]
        sure |= compare.marks(own, stat)
    return sure


def _line(row: ScorecardRow, marks: Mapping[CellKey, str]) -> tuple[str, ...]:
    stat = scorecard_json.statistic(row)
    difference = None if display.thin(row, stat) else row.difference(stat)
    sides = [
        f"{display.told(side, stat)}{f' ({formatting.sample(side)})' if side else ''}"
        for side in (row.baseline, row.candidate)
    ]
    return (
        row.metric if stat == "mean" else f"{row.metric} {stat}",
        tr("all") if row.workflow == ANY else row.workflow,
        tr("all") if row.cohort == ANY else row.cohort,
        *sides,
        f"{scorecard_words.changed(row, stat)} {marks.get((row.metric, row.workflow, row.cohort), '')}".rstrip(),
        formatting.span((difference.interval.low, difference.interval.high), scorecard_words.unit(row))
        if difference
        else "",
    )


def columns(lines: Sequence[Sequence[str]]) -> list[str]:
    """Lines whose cells stand below each other."""
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
