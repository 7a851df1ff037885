"""Stages of a rollout: what the evidence advises, and the step that is taken."""

from __future__ import annotations

from typing import Annotated

import typer

from readiness import clock, formatting
from readiness.api import rollouts
from readiness.language import tr
from readiness.model.stages import StageAction
from readiness.review import stage_words
from readiness.services import reviews
from readiness.services import stages as service

from . import base

commands = typer.Typer(rich_markup_mode=None)
stage = typer.Typer(help=tr("Stages of a rollout, step by step."), no_args_is_help=True)
commands.add_typer(stage, name="stage")

System = Annotated[str, typer.Argument(autocompletion=base.systems, help=tr("The system that is rolled out."))]
Taken = Annotated[str, typer.Option("--at", metavar="TIME", help=tr("When it was taken; now by default."))]
Note = Annotated[str, typer.Option("--note", help=tr("Why; needed for a step against the advice."))]


@stage.command("show")
def show(system: System, db: base.Db = "", json: base.Json = False) -> None:
    """Say where the rollout stands and what the evidence advises; nothing is stored."""
    by = base.me()
    review = reviews.load(base.store(db), by, system, as_of=clock.today())
    told = service.advice(by, review)
    if json:
        base.answer(rollouts.advice(told, review))
        return
    base.say(stage_words.sentence(told))
    for step in review.dossier.steps:
        where = f" {step.record.stage}" if step.record.stage else ""
        note = f": {step.record.note}" if step.record.note else ""
        base.say(f"  {formatting.day(step.at)} {step.record.action}{where}, {step.by}{note}")


@stage.command("advance")
def advance(system: System, note: Note = "", at: Taken = "", db: base.Db = "", json: base.Json = False) -> None:
    """Go on where the evidence advises it; else exit 1 if it advises to roll back, or 3 if something is missing.

    With --note somebody goes on all the same.
    """
    by, store = base.me(), base.store(db)
    review = reviews.load(store, by, system, as_of=clock.today())
    told = service.advice(by, review)
    if told.kind != "advance" and not note.strip():
        if json:
            base.answer(rollouts.advice(told, review))
        else:
            base.say(stage_words.sentence(told))
        raise typer.Exit(1 if told.kind == "roll back" else 3)
    _take(system, "advance", note, at, db, json=json)


@stage.command("hold")
def hold(system: System, note: Note = "", at: Taken = "", db: base.Db = "", json: base.Json = False) -> None:
    """Stay in the stage, and say why."""
    _take(system, "hold", note, at, db, json=json)


@stage.command("rollback")
def rollback(system: System, note: Note = "", at: Taken = "", db: base.Db = "", json: base.Json = False) -> None:
    """Say that the rollout was rolled back."""
    _take(system, "roll back", note, at, db, json=json)


def _take(system: str, action: StageAction, note: str, at: str, db: str, *, json: bool) -> None:
    by, store, today = base.me(), base.store(db), clock.today()
    review = reviews.load(store, by, system, as_of=today)
    seen, number = len(review.dossier.steps), review.assessment_id
    taken = base.instant(at, "--at")
    done = service.take(store, by, system, number, action, note=note, seen=seen, as_of=today, at=taken)
    base.tell(done, json=json)
