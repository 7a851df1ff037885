"""What was said beside the evidence, and saying something."""

from __future__ import annotations

from typing import Annotated, Any, get_args

import typer

from readiness import clock, formatting
from readiness.errors import InputError
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.notes import NoteSubject, StoredNote, SubjectKind
from readiness.services import notes as notes_service

from . import base

commands = typer.Typer(rich_markup_mode=None)
note = typer.Typer(help=tr("One note."), no_args_is_help=True)
commands.add_typer(note, name="note")

System = Annotated[
    str, typer.Argument(autocompletion=base.systems, metavar="SYSTEM", help=tr("The short name of the system."))
]
Number = Annotated[int, typer.Argument(metavar="ID", min=1, max=2**31 - 1, help=tr("As readiness notes lists it."))]
Text = Annotated[str, typer.Argument(metavar="TEXT", help=tr("What is said; @name names somebody."))]


@commands.command("notes")
def list_notes(
    system: System,
    open_: Annotated[bool, typer.Option("--open", help=tr("Only what nobody has answered yet."))] = False,
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """List comments, questions and requests of a system with their answers."""
    found = [one for one in notes_service.of_system(base.store(db), base.me(), system) if one.is_open or not open_]
    if json:
        base.answer([_told(one) for one in found])
        return
    for one in found:
        _list(one)
    if not found:
        base.say(
            tr("Nothing is open on {system}.", system=system)
            if open_
            else tr("Nothing was said about {system} yet.", system=system)
        )


def _list(one: StoredNote) -> None:
    record = one.record
    asked = tr(" of {person}", person=record.to) if record.to else ""
    due = tr(" by {day}", day=formatting.day(record.due)) if record.due else ""
    state = tr("open") if one.is_open else tr("withdrawn") if one.withdrawn else tr("closed") if one.closed_by else ""
    about = tr(" on the {kind} {name}", kind=tr(record.about), name=record.key)
    head = f"{tr(record.kind)}{asked}{due}{about}{f', {state}' if state else ''}"
    base.say(formatting.line(f"{one.id:>5}  {one.by}: {head}"))
    base.say(formatting.line(f"       {record.text}"))
    for reply in one.replies:
        said = "; ".join(filter(None, (reply.record.text, *reply.record.references)))
        base.say(formatting.line(f"         {reply.by}: {said}"))


def _told(one: StoredNote) -> dict[str, Any]:
    return {
        "id": one.id,
        **one.record.model_dump(mode="json"),
        "by": one.by,
        "at": one.at.isoformat(),
        "open": one.is_open,
        "closed_by": one.closed_by,
        "withdrawn": one.withdrawn,
        "answers": [
            {
                "id": reply.id,
                **reply.record.model_dump(mode="json"),
                "by": reply.by,
                "at": reply.at.isoformat(),
                "withdrawn": reply.withdrawn,
            }
            for reply in one.replies
        ],
    }


@note.command("add")
def add(
    system: System,
    about: Annotated[
        str, typer.Argument(metavar="ABOUT", help=tr("signal:ID, gap:ID of the signal, gate:WHAT or trace:ID."))
    ],
    text: Text,
    ask: Annotated[bool, typer.Option("--ask", help=tr("As a question, of anybody or with --to."))] = False,
    to: Annotated[str, typer.Option("--to", metavar="PERSON", help=tr("Who is asked: an address or a name."))] = "",
    due: Annotated[str, typer.Option("--due", metavar="DATE", help=tr("Ask for evidence by this day."))] = "",
    db: base.Db = "",
) -> None:
    """Comment on something, ask, or with --due ask a person for evidence."""
    store, subject = base.store(db), _subject(about)
    if due:
        by_day = clock.date_of(due, place="--due")
        _say(notes_service.request(store, base.me(), system, subject, text, to=to, due=by_day))
    elif ask or to:
        _say(notes_service.ask(store, base.me(), system, subject, text, to=to))
    else:
        _say(notes_service.write(store, base.me(), system, subject, text))


def _subject(about: str) -> NoteSubject:
    kind, _, key = about.partition(":")
    known = next((one for one in get_args(SubjectKind) if one == kind), None)
    if known is None or not key:
        raise InputError(
            tr("{about!r} names nothing to speak of", about=about), place="ABOUT", expected=tr("as signal:capacity")
        )
    return NoteSubject(known, key)


@note.command("answer")
def answer(
    system: System,
    number: Number,
    text: Text = "",
    reference: Annotated[
        list[str] | None,
        typer.Option("--reference", metavar="WHERE", help=tr("An address or a stored file; may be repeated.")),
    ] = None,
    db: base.Db = "",
) -> None:
    """Answer a note."""
    _say(notes_service.answer(base.store(db), base.me(), system, number, text, reference or ()))


@note.command("close")
def close(system: System, number: Number, db: base.Db = "") -> None:
    """Say that nothing more is wanted."""
    _say(notes_service.close(base.store(db), base.me(), system, number))


@note.command("withdraw")
def withdraw(system: System, number: Number, db: base.Db = "") -> None:
    """Take back a text of your own; that it was there stays in the record."""
    _say(notes_service.withdraw(base.store(db), base.me(), system, number))


def _say(done: Done) -> None:
    base.say(f"{done.sentence}.")
