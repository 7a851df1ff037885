"""Packs out, and those that were sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from readiness import formatting
from readiness import pack as packs
from readiness.api import answers
from readiness.errors import InputError
from readiness.language import tr
from readiness.model.packs import PackState

from . import asking, base

commands = typer.Typer(rich_markup_mode=None)

System = Annotated[
    str, typer.Argument(autocompletion=base.systems, metavar="SYSTEM", help=tr("The system the pack is about."))
]


@commands.command("pack")
def pack(
    system: System,
    output: Annotated[Path, typer.Option("-o", "--output", help=tr("The file; - is the standard output."))],
    audience: Annotated[
        str, typer.Option("--for", metavar="AUDIENCE", help=tr("One of {known}.", known=", ".join(packs.AUDIENCES)))
    ] = "",
    since: Annotated[
        int, typer.Option(metavar="ID", min=0, max=2**31 - 1, help=tr("What changed since a pack of readiness packs."))
    ] = 0,
    format_: Annotated[
        str, typer.Option("--format", help=tr("One of {known}.", known=", ".join(packs.FORMATS)))
    ] = "md",
    paper: Annotated[str, typer.Option(help=tr("a4 or letter, for --format pdf."))] = "a4",
    recipient: asking.Recipient = "",
    purpose: asking.Purpose = "",
    classification: asking.Classification = "",
    contact: asking.Contact = "",
    valid_until: Annotated[str, typer.Option(metavar="DATE", help=tr("The last day it counts."))] = "",
    customer: asking.Customer = "",
    draft: asking.Draft = False,
    spoken: asking.Language = "",
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """Write the evidence pack for one audience, which is recorded as sent."""
    if paper not in ("a4", "letter"):
        raise InputError(
            tr("the paper {paper!r} is not known", paper=paper), place="--paper", expected=tr("a4 or letter")
        )
    format_ = "letter.pdf" if (format_, paper) == ("pdf", "letter") else format_
    asked: dict[str, Any] = {"audience": audience, "recipient": recipient, "purpose": purpose}
    asked |= {"classification": classification, "contact": contact, "valid_until": valid_until, "customer": customer}
    asked |= {"draft": draft, "language": spoken}
    _check(asked, since)
    if elsewhere := base.remote():
        from . import remote

        remote.pack(elsewhere, system, output, asked | {"since": since or "", "format": format_, "as_of": as_of})
        return
    options: dict[str, Any] = {"as_of": base.day(as_of), "format": format_}
    if since:
        made = packs.build_since(base.store(db), base.me(), system, since, **options)
    else:
        request = packs.Request.checked(**asked)
        made = packs.build(base.store(db), base.me(), system, request, **options)
    what = (
        tr("what changed in {system} since pack {since}", system=system, since=since)
        if since
        else tr("the {audience} pack of {system}", audience=audience, system=system)
    )
    base.hand_over(output, made, tr("Wrote {what}", what=what), json=json)


def _check(asked: dict[str, Any], since: int) -> None:
    """Raises InputError where no audience is named, or beside an earlier pack what that one says."""
    stated = next((name for name, value in asked.items() if value), "")
    if since and stated:
        expected = tr("nothing beside --since: the reader is that of the earlier pack")
        raise InputError(tr("a pack of changes is for whom the pack was for"), place=stated, expected=expected)
    if not since and not asked["audience"]:
        expected = tr("--for with one of {known}, or --since", known=", ".join(packs.AUDIENCES))
        raise InputError(tr("no audience is named"), place="--for", expected=expected)


@commands.command("packs")
def list_packs(
    system: System,
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """List the packs of a system that were sent, the newest first, and why one is out of date."""
    if elsewhere := base.remote():
        base.answer(elsewhere.get("systems", system, "packs", as_of=as_of))
        return
    found = packs.sent(base.store(db), base.me(), system, as_of=base.day(as_of))
    if json:
        base.answer([answers.sent_pack(state) for state in found])
        return
    for state in found:
        _list(state)
    if not found:
        base.say(tr("No pack of {system} was sent yet.", system=system))


def _list(state: PackState) -> None:
    sent, record = state.sent, state.sent.record
    what = (
        tr("what changed since pack {since}, for {audience}", since=record.since, audience=record.audience)
        if record.since
        else record.audience
    )
    about = tr(" about {customer}", customer=record.customer) if record.customer else ""
    to = record.recipient or tr("a reader who is not named")
    whom = tr(" to {reader} as {form}, by {sender}", reader=to, form=record.format, sender=sent.by)
    base.say(f"{sent.id:>5}  {formatting.day(sent.at.date())}  {what}{about}{whom}")
    for reason in state.out_of_date:
        base.say(tr("       out of date: {reason}", reason=reason))
