"""Reminders of due dates, as a timer sends them."""

from __future__ import annotations

from typing import Annotated

import typer

from readiness.language import tr
from readiness.outbound import channels
from readiness.portfolio.digest import Digest
from readiness.services import reminders

from . import base

commands = typer.Typer(rich_markup_mode=None)


@commands.command("remind")
def remind(
    ways: Annotated[
        list[str] | None,
        typer.Option(
            "--by", metavar="WAY", help=tr("mail or webhook; may be repeated. All that are set up by default.")
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=tr("Only say what would be sent."))] = False,
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """Send each owner what is due, once at 30, 7 and 1 days and when it is overdue."""
    store, day = base.store(db), base.day(as_of)
    if dry_run:
        names = channels.checked(ways or channels.configured() or ["mail"])
        _preview([(way, one) for way in names for one in reminders.due(store, base.me(), way, as_of=day)], json=json)
        return
    done = reminders.send(store, base.me(), channels.senders(ways or ()), as_of=day)
    if json:
        base.answer([{"sentence": one.sentence, "accepted": one.accepted} for one in done])
    for one in () if json else done:
        base.say(f"{one.sentence}.", error=not one.accepted)
    if not done and not json:
        base.say(tr("Nothing is due to go out."))
    if not all(one.accepted for one in done):
        raise typer.Exit(1)


def _preview(planned: list[tuple[str, Digest]], *, json: bool) -> None:
    if json:
        base.answer([_told(way, one) for way, one in planned])
        return
    for way, one in planned:
        person = one.recipient.address or one.recipient.name or tr("nobody")
        base.say(tr("By {way} to {person}: {subject}", way=way, person=person, subject=one.subject))
        for gap_line in one.text.splitlines()[1:]:
            base.say(f"    {gap_line}".rstrip())
        base.say()
    if not planned:
        base.say(tr("Nothing is due to go out."))


def _told(way: str, one: Digest) -> dict[str, object]:
    return {
        "by": way,
        "name": one.recipient.name,
        "address": one.recipient.address,
        "subject": one.subject,
        "gaps": [{**key._asdict(), "name": item.title} for key, item in one.items],
    }
