"""One file, judged at once: nothing is set up before, and nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from readiness import formatting, library
from readiness.api import answers
from readiness.errors import InputError
from readiness.importers import Batch, Options
from readiness.importers.batch import mapped
from readiness.language import marked, tr
from readiness.library import Trial
from readiness.model.policy import Gate
from readiness.model.record import ANY
from readiness.review import scorecard_json, scorecard_words, summaries
from readiness.scorecard import display, gate_words
from readiness.scorecard.compare import ScorecardRow

from . import base, evidence
from .scorecard import columns, compared

commands = typer.Typer(rich_markup_mode=None)
SHOWN = 20
"""Rows of figures; the overall ones stand first, and --json has them all."""
_HEAD = (marked("metric"), marked("workflow"), marked("cohort"), marked("figure"), "n", marked("95 % interval"))
_OUTCOMES = {True: marked("✓ holds"), False: marked("✕ no"), None: marked("? not decided yet")}
_STATUS = {True: 0, False: 1, None: 3}


@commands.command("try")
def try_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=tr("A file of any known format."))],
    least: Annotated[
        list[str] | None,
        typer.Option("--min", metavar="METRIC=NUMBER", help=tr("At least so much; p95_METRIC for p95.")),
    ] = None,
    most: Annotated[
        list[str] | None, typer.Option("--max", metavar="METRIC=NUMBER", help=tr("At most so much."))
    ] = None,
    loss: Annotated[
        list[str] | None,
        typer.Option("--max-regression", metavar="METRIC=NUMBER", help=tr("At most so much worse than the baseline.")),
    ] = None,
    each_cohort: Annotated[bool, typer.Option("--each-cohort", help=tr("Ask it of every cohort."))] = False,
    baseline: Annotated[str, typer.Option("--baseline", help=tr("The version to compare with."))] = "",
    candidate: Annotated[
        str, typer.Option("--candidate", help=tr("The version to judge, where there are several."))
    ] = "",
    version: Annotated[str, typer.Option("--version", help=tr("The version that every row speaks of."))] = "",
    format_: Annotated[str, typer.Option("--format", help=tr("The format, where the content does not tell."))] = "",
    mapping: Annotated[list[str] | None, typer.Option("--map", metavar="KEY=FIELD", help=tr(evidence.MAP))] = None,
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """Judge one file by itself and say what a verdict would need besides; nothing is stored."""
    bounds = [*_bounds("min", least), *_bounds("max", most), *_bounds("max_regression", loss)]
    options = Options(version=version, format=format_, mapping=mapped(mapping or [], place="--map"))
    day = base.day(as_of) if as_of else None
    cohort = "each" if each_cohort else ANY
    gates = [Gate.checked(**{tr("metric"): name, tr("cohort"): cohort, key: bound}) for key, name, bound in bounds]
    trial = library.try_file(file, gates, baseline=baseline, candidate=candidate, options=options, as_of=day)
    if json:
        base.answer(_answer(trial))
    else:
        _say(trial)
    if gates and trial.holds is not True:
        raise typer.Exit(_STATUS[trial.holds])


def _bounds(key: str, stated: Sequence[str] | None) -> Iterator[tuple[str, str, float]]:
    for text in stated or ():
        name, equals, number = text.rpartition("=")
        try:
            bound = float(number)
        except ValueError:
            equals = ""
        if not (name and equals):
            place = f"--{key.replace('_', '-')}"
            raise InputError(
                tr("{text!r} is no bound", text=text),
                place=place,
                expected=tr("METRIC=NUMBER, such as task_success=0.9"),
            )
        yield key, name, bound


def _say(trial: Trial) -> None:
    batch, review = trial.batch, trial.review
    base.say(_heading(trial))
    if batch.assessment is not None:
        base.say(summaries.headline(review))
    rows = sorted(review.rows, key=lambda row: (row.workflow, row.cohort) != (ANY, ANY))
    table = compared(rows[:SHOWN]) if review.assessment.baseline else _figures(rows[:SHOWN])
    for line in table if rows else ():
        base.say(line)
    if len(rows) > SHOWN:
        base.say(tr("and {more} more, which --json lists", more=formatting.whole(len(rows) - SHOWN)))
    for line in _stages(trial):
        base.say(line)
    evidence.say_left_out(batch)
    for result in review.gates:
        what = scorecard_words.gate_asked(review, result)
        base.say(f"{scorecard_words.gate(result)}  {what}: {gate_words.reason(result)}")
    if review.gates and batch.assessment is None:
        base.say(f"{tr(_OUTCOMES[trial.holds])}. {tr('Nothing was stored.')}")
    else:
        ask = tr("No bound was asked for: --min METRIC=NUMBER or --max METRIC=NUMBER does. ") if batch.cells else ""
        base.say(f"{ask}{tr('Nothing was stored.')}")
    if trial.missing:
        base.say(tr("What a verdict needs besides, in this order (readiness init writes the file):"))
        for at, what in enumerate(trial.missing, start=1):
            base.say(f"  {at}. {what}")


def _heading(trial: Trial) -> str:
    """The file, its format, and the versions, workflows and cohorts in it."""
    batch, assessment = trial.batch, trial.review.assessment
    versions = [_role(name, assessment.candidate, assessment.baseline) for name in library.versions(batch)]
    parts = [f"{batch.name}: {batch.format}"]
    told = {
        tr("versions {names}") if len(versions) > 1 else tr("version {names}"): versions,
        tr("workflows {names}"): _workflows(batch),
        tr("cohorts by {names}"): _dimensions(batch),
    }
    return (
        "; ".join([*parts, *(what.format(names=formatting.named(names)) for what, names in told.items() if names)])
        + "."
    )


def _role(name: str, candidate: str, baseline: str) -> str:
    shown = name or tr("that is not named")
    if name == candidate:
        return tr("{version} (judged)", version=shown)
    return tr("{version} (baseline)", version=shown) if name == baseline else shown


def _workflows(batch: Batch) -> list[str]:
    names = {cell.workflow for cell in batch.cells} | {stage.workflow for stage in batch.stages}
    return sorted(names - {ANY, ""})


def _dimensions(batch: Batch) -> list[str]:
    return sorted({cell.dimension for cell in batch.cells} - {ANY})


def _figures(rows: Sequence[ScorecardRow]) -> list[str]:
    return columns([tuple(map(tr, _HEAD)), *(_figure(row) for row in rows)])


def _figure(row: ScorecardRow) -> tuple[str, ...]:
    stat, cell = scorecard_json.statistic(row), row.candidate
    interval = display.interval(cell, stat) if cell else None
    return (
        row.metric if stat == "mean" else f"{row.metric} {stat}",
        tr("all") if row.workflow == ANY else row.workflow,
        tr("all") if row.cohort == ANY else row.cohort,
        display.told(cell, stat),
        formatting.runs(cell) if cell else "",
        formatting.between(interval.low, interval.high, cell.unit) if interval and cell else "",
    )


def _stages(trial: Trial) -> Iterator[str]:
    """What all traces of a file say: how many there are, and where their time went."""
    if not trial.batch.found:
        return
    yield tr(
        "{traces}, of which {kept} would be kept",
        traces=formatting.count(trial.batch.found, "trace"),
        kept=len(trial.batch.samples()),
    )
    overall = [stage for stage in trial.batch.stages if stage.workflow == ANY]
    head = (tr("stage"), "n", "p50", "p95", tr("failed"), tr("tried again"))
    lines = [
        (
            stage.kind,
            formatting.whole(stage.n),
            *(formatting.figure(value, "ms") for value in (stage.p50, stage.p95)),
            formatting.whole(stage.errors),
            formatting.whole(stage.retries),
        )
        for stage in overall
    ]
    yield from columns([head, *lines]) if lines else ()


def _answer(trial: Trial) -> dict[str, Any]:
    batch, review = trial.batch, trial.review
    return {
        **answers.imported(batch, "Nothing was stored", stored=False),
        "candidate": review.assessment.candidate,
        "baseline": review.assessment.baseline,
        "as_of": review.as_of.isoformat(),
        "holds": trial.holds is True,
        "undecided": trial.holds is None,
        **scorecard_json.answer(review),
        "missing": list(trial.missing),
    }
