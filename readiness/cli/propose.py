"""What a policy, a plan or a list of another tool would change in a document, and adopting lines of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from readiness import formatting
from readiness.errors import InputError
from readiness.language import tr
from readiness.services import proposals

from . import base

commands = typer.Typer(rich_markup_mode=None)


@commands.command("propose")
def propose(
    file: Annotated[Path, typer.Argument(metavar="FILE", help=tr("Told by its content."))],
    system: Annotated[str, typer.Option("--system", metavar="SYSTEM", help=tr("The short name of the system."))],
    adopt: Annotated[str, typer.Option("--adopt", metavar="N,…", help=tr("Lines to adopt, by number, or all."))] = "",
    map_: Annotated[list[str], typer.Option("--map", help=tr("THEIRS=OURS: which of our metrics theirs is."))] = [],  # noqa: B006
    db: base.Db = "",
    json: base.Json = False,
) -> None:
    """Show what FILE would change in the release policy, the monitoring plan or the system card; adopt lines of it."""
    store, by = base.store(db), base.me()
    offer = proposals.look(store, by, system, file, metrics=_metrics(map_))
    if adopt:
        done = proposals.adopt(store, by, system, offer, _numbers(adopt, len(offer.proposed.lines)))
        base.answer({"done": done.sentence}) if json else base.say(done.sentence)
    elif json:
        base.answer(_told(offer))
    else:
        _list(offer)


def _metrics(pairs: list[str]) -> dict[str, str]:
    named = dict(pair.partition("=")[::2] for pair in pairs)
    if not all(map(str.strip, (*named, *named.values()))):
        raise InputError(tr("a metric has no name"), place="--map", expected="THEIRS=OURS")
    return {theirs.strip(): ours.strip() for theirs, ours in named.items()}


def _numbers(text: str, lines: int) -> set[int]:
    if text.strip() == "all":
        return set(range(1, lines + 1))
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and len(part) < 6 for part in parts):
        raise InputError(
            tr("{text!r} are no numbers of lines", text=text[:80]), place="--adopt", expected=tr("such as 1,3, or all")
        )
    return set(map(int, parts))


def _list(offer: proposals.Offer) -> None:
    base.say(tr("{told}; nothing is stored until --adopt names lines.", told=proposals.told(offer)))
    for number, change in enumerate(offer.changes, start=1):
        beside = f" ({change.line.beside})" if change.line.beside else ""
        base.say(formatting.line(f"{number:>4}  {'; '.join(change.told) or tr('stands there already')}"))
        base.say(formatting.line(f"      {tr('from {place}', place=change.line.place)}{beside}"))
    for reason in offer.proposed.left_out:
        base.say(formatting.line(f"   –  {reason}"))


def _told(offer: proposals.Offer) -> dict[str, Any]:
    return {
        "format": offer.proposed.format,
        "document": offer.proposed.document,
        "lines": [
            {"number": at, "place": one.line.place, "changes": list(one.told), "beside": one.line.beside}
            for at, one in enumerate(offer.changes, start=1)
        ],
        "left_out": list(offer.proposed.left_out),
    }
