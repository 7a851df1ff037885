"""Systems and their assessments without a file: begun, renamed, archived, restored and deleted."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from readiness import clock, formatting
from readiness.language import tr
from readiness.model.assessment import Assessment, System
from readiness.model.dossier import Done
from readiness.services import reviews
from readiness.services import systems as service

from . import base

commands = typer.Typer(rich_markup_mode=None)
system = typer.Typer(help=tr("One system."), no_args_is_help=True)
commands.add_typer(system, name="system")

Slug = Annotated[
    str, typer.Argument(autocompletion=base.systems, metavar="SYSTEM", help=tr("The system by its short name."))
]
Reason = Annotated[str, typer.Option("--reason", help=tr("Why; the record keeps it."))]
Candidate = Annotated[str, typer.Option("--candidate", help=tr("The version that is to be rolled out."))]
Baseline = Annotated[str, typer.Option("--baseline", help=tr("The version that it is compared with."))]


@system.command("new")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help=tr("What people call it."))],
    candidate: Candidate,
    baseline: Baseline = "",
    slug: Annotated[str, typer.Option("--slug", help=tr("Its short name; made from the name unless given."))] = "",
    scope: Annotated[str, typer.Option("--scope", help=tr("What it does, and for whom."))] = "",
    owner: Annotated[str, typer.Option("--owner", help=tr("Who owns it."))] = "",
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Make a system with its first assessment, of today."""
    store, by = base.store(db), base.me()
    made = System.checked(slug=slug or service.free_slug(store, by, name), name=name, description=scope, owner=owner)
    first = Assessment.checked(candidate=candidate, baseline=baseline, scope=scope)
    _answer(service.create(store, by, made, first), json=json, system=made.slug)


@system.command("next")
def next_(
    slug: Slug,
    candidate: Candidate,
    baseline: Annotated[str, typer.Option("--baseline", help=tr("The last candidate unless given."))] = "",
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Start the next assessment: gaps, policy and plan go on, what was controlled is to be confirmed."""
    store, by = base.store(db), base.me()
    review = reviews.load(store, by, slug, as_of=clock.today())
    last = review.assessment
    stated: dict[str, Any] = {"candidate": candidate, "baseline": baseline or last.candidate, "target_date": None}
    following = Assessment.checked(**last.model_dump() | stated | {"assessed_on": clock.today()})
    done = service.start_assessment(store, by, slug, following, seen=review.assessment_id)
    _answer(done, json=json, system=slug)


@system.command("rename")
def rename(
    slug: Slug,
    name: Annotated[str, typer.Argument(metavar="NAME", help=tr("What people call it from now on."))],
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Give a system another name; its short name stays."""
    store, by = base.store(db), base.me()
    seen = service.one(store, by, slug)
    named = System.checked(**seen.record.model_dump() | {"name": name})
    _answer(service.edit(store, by, named, seen=seen.row_version), json=json, system=slug)


@system.command("archive")
def archive(slug: Slug, reason: Reason = "", db: base.Db = "", json: base.Json = False) -> None:
    """Put a system away, so that it is on no list."""
    store, by = base.store(db), base.me()
    seen = service.one(store, by, slug)
    _answer(service.archive(store, by, slug, reason, seen=seen.row_version), json=json, system=slug)


@system.command("restore")
def restore(slug: Slug, db: base.Db = "", json: base.Json = False) -> None:
    """Take a system out of the archive."""
    store, by = base.store(db), base.me()
    seen = service.one(store, by, slug)
    _answer(service.restore(store, by, slug, seen=seen.row_version), json=json, system=slug)


@system.command("delete")
def delete(slug: Slug, reason: Reason = "", db: base.Db = "", json: base.Json = False) -> None:
    """Delete all that is stored of a system in the archive; the record keeps that it was there."""
    store, by = base.store(db), base.me()
    seen = service.one(store, by, slug)
    _answer(service.delete(store, by, slug, reason, seen=seen.row_version), json=json, system=slug)


@system.command("archived")
def archived(db: base.Db = "", json: base.Json = False) -> None:
    """List the systems in the archive."""
    away = service.archived(base.store(db), base.me())
    if json:
        base.answer(
            [{"system": one.slug, "name": one.name, "on": one.on, "by": one.by, "reason": one.reason} for one in away]
        )
        return
    for one in away:
        base.say(f"{one.slug:<22} {formatting.day(one.on):>11}  {one.by}: {one.reason}")
    if not away:
        base.say(tr("No system is archived."))


def _answer(done: Done, *, json: bool, system: str) -> None:
    if json:
        base.answer({"changed": done.changed, "system": system, "sentence": done.sentence})
    else:
        base.say(f"{done.sentence}.")
