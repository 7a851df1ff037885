"""Slides for a board."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from readiness import pack as packs
from readiness.language import tr
from readiness.pack import board as boards

from . import asking, base

commands = typer.Typer(rich_markup_mode=None)


@commands.command("board")
def board(
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help=tr("The file; - is the standard output."))
    ],
    system: Annotated[
        list[str] | None,
        typer.Option("--system", autocompletion=base.systems, help=tr("One of the systems; all by default.")),
    ] = None,
    recipient: asking.Recipient = "",
    purpose: asking.Purpose = "",
    classification: asking.Classification = "",
    contact: asking.Contact = "",
    draft: asking.Draft = False,
    spoken: asking.Language = "",
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """Write slides for a board: where all systems stand, and one slide for each."""
    asked = {"recipient": recipient, "purpose": purpose, "classification": classification, "contact": contact}
    request = packs.Request.checked(audience=boards.AUDIENCE, draft=draft, language=spoken, **asked)
    made = boards.build(base.store(db), base.me(), system or [], request, as_of=base.day(as_of))
    base.hand_over(output, made, tr("Wrote the slides"), json=json)
