"""Packs out, and those that were sent."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from readiness import formatting
from readiness import pack as packs
from readiness.api import answers
from readiness.errors import InputError
from readiness.model.packs import PackState

from . import asking, base

commands = typer.Typer(rich_markup_mode=None)

System = Annotated[
    str, typer.Argument(autocompletion=base.systems, metavar="SYSTEM", help="The system the pack is about.")
]


@commands.command("pack")
def pack(
    system: System,
    output: Annotated[Path, typer.Option("-o", "--output", help="The file; - is the standard output.")],
    audience: Annotated[
        str, typer.Option("--for", metavar="AUDIENCE", help=f"One of {', '.join(packs.AUDIENCES)}.")
    ] = "",
    since: Annotated[
        int, typer.Option(metavar="ID", min=0, max=2**31 - 1, help="What changed since a pack of readiness packs.")
    ] = 0,
    format_: Annotated[str, typer.Option("--format", help=f"One of {', '.join(packs.FORMATS)}.")] = "md",
    paper: Annotated[str, typer.Option(help="a4 or letter, for --format pdf.")] = "a4",
    recipient: asking.Recipient = "",
    purpose: asking.Purpose = "",
    classification: asking.Classification = "",
    contact: asking.Contact = "",
    valid_until: Annotated[str, typer.Option(metavar="DATE", help="The last day it counts.")] = "",
    customer: asking.Customer = "",
    draft: asking.Draft = False,
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """Write the evidence pack for one audience, which is recorded as sent."""
    if paper not in ("a4", "letter"):
        raise InputError(f"the paper {paper!r} is not known", place="--paper", expected="a4 or letter")
    format_ = "letter.pdf" if (format_, paper) == ("pdf", "letter") else format_
    asked: dict[str, Any] = {"audience": audience, "recipient": recipient, "purpose": purpose}
    asked |= {"classification": classification, "contact": contact, "valid_until": valid_until, "customer": customer}
    asked |= {"draft": draft}
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
    what = f"what changed in {system} since pack {since}" if since else f"the {audience} pack of {system}"
    base.hand_over(output, made, f"Wrote {what}", json=json)


def _check(asked: dict[str, Any], since: int) -> None:
    """Raises InputError where no audience is named, or beside an earlier pack what that one says."""
    stated = next((name for name, value in asked.items() if value), "")
    if since and stated:
        expected = "nothing beside --since: the reader is that of the earlier pack"
        raise InputError("a pack of changes is for whom the pack was for", place=stated, expected=expected)
    if not since and not asked["audience"]:
        expected = f"--for with one of {', '.join(packs.AUDIENCES)}, or --since"
        raise InputError("no audience is named", place="--for", expected=expected)


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
        base.say(f"No pack of {system} was sent yet.")


def _list(state: PackState) -> None:
    sent, record = state.sent, state.sent.record
    what = f"what changed since pack {record.since}, for {record.audience}" if record.since else record.audience
    about = f" about {record.customer}" if record.customer else ""
    to = record.recipient or "a reader who is not named"
    base.say(f"{sent.id:>5}  {formatting.day(sent.at.date())}  {what}{about} to {to} as {record.format}, by {sent.by}")
    for reason in state.out_of_date:
        base.say(f"       out of date: {reason}")
