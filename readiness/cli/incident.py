"""Incidents of a system: listed, reported, answered by evidence."""

from __future__ import annotations

from typing import Annotated

import typer

from readiness import clock, formatting
from readiness.api import rollouts
from readiness.errors import InputError
from readiness.language import tr
from readiness.model.incidents import KINDS, IncidentAnswerKind, ReportedIncident
from readiness.review import incident_words
from readiness.services import incidents as service
from readiness.services import reviews

from . import base

commands = typer.Typer(rich_markup_mode=None)
incident = typer.Typer(help=tr("What went wrong, and what answers it."), no_args_is_help=True)
commands.add_typer(incident, name="incident")

System = Annotated[str, typer.Argument(autocompletion=base.systems, help=tr("The system that it happened with."))]


@incident.command("list")
def list_(system: System, db: base.Db = "", json: base.Json = False, as_of: base.AsOf = "") -> None:
    """List incidents with what answers each for the version under review."""
    review = reviews.load(base.store(db), base.me(), system, as_of=base.day(as_of))
    if json:
        base.answer([rollouts.incident(one) for one in review.incidents])
        return
    base.say(incident_words.sentence(review))
    for one in review.incidents:
        record = one.incident.record
        where = incident_words.where(one)
        told = f"{formatting.day(record.on)}  {record.what}{f' ({where})' if where else ''}"
        base.say(f"{one.incident.id:6} {told}: {incident_words.answered(one)}")


@incident.command("report")
def report(
    system: System,
    what: Annotated[str, typer.Option("--what", help=tr("What happened, to whom."))],
    signal: Annotated[list[str], typer.Option("--signal", help=tr("A question it speaks against; may be repeated."))],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help=tr("The day; today by default."))] = "",
    version: Annotated[str, typer.Option("--version", help=tr("The version that ran."))] = "",
    workflow: Annotated[str, typer.Option("--workflow", help=tr("The workflow."))] = "",
    cohort: Annotated[str, typer.Option("--cohort", metavar="DIMENSION=VALUE", help=tr("Whom it happened to."))] = "",
    trace: Annotated[str, typer.Option("--trace", help=tr("The id of a trace that shows it."))] = "",
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Report an incident; it speaks against these answers until evidence answers it."""
    day = base.day(on, place="--on") if on else clock.today()
    where = {"version": version, "workflow": workflow, "cohort": cohort, "trace": trace}
    record = ReportedIncident.checked(what=what, on=day, signals=signal, **where)
    base.tell(service.report(base.store(db), base.me(), system, record), json=json)


@incident.command("answer")
def answer(
    system: System,
    number: Annotated[int, typer.Argument(help=tr("Its number, as readiness incident list says it."))],
    by: Annotated[str, typer.Option("--by", metavar="KIND", help=f"{', '.join(KINDS)}.")],
    reference: Annotated[
        str, typer.Option("--reference", help=tr("The id of the case or trace, or what the gate is of."))
    ],
    note: Annotated[str, typer.Option("--note", help=tr("What it shows."))] = "",
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Answer an incident by evidence that is stored of the version under review."""
    done = service.answer(base.store(db), base.me(), system, number, _kind(by), reference, note, as_of=clock.today())
    base.tell(done, json=json)


def _kind(text: str) -> IncidentAnswerKind:
    for kind in KINDS:
        if text == kind:
            return kind
    raise InputError(tr("{text!r} answers no incident", text=text), place="--by", expected=" or ".join(KINDS))
