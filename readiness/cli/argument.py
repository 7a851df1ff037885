"""The verdict as an argument, drawn into a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from readiness.language import tr
from readiness.pack import argument as pictures
from readiness.review import argument as arguments
from readiness.services import reviews

from . import base

commands = typer.Typer(rich_markup_mode=None)


@commands.command("argument")
def argument(
    system: Annotated[str, typer.Argument(autocompletion=base.systems, help=tr("The system whose verdict is drawn."))],
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help=tr("The file; - is the standard output."))
    ],
    everything: Annotated[bool, typer.Option("--all", help=tr("Every answer, and not only what decides."))] = False,
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """Draw what a verdict rests on, from the claim down to the files, as SVG."""
    review = reviews.load(base.store(db), base.me(), system, as_of=base.day(as_of))
    picture = pictures.drawn(arguments.of(review, everything=everything))
    base.write(output, picture.file)
    if str(output) == "-":
        return
    if json:
        base.answer({"file": str(output), "nodes": len(picture.argument.nodes)})
    else:
        base.say(tr("Drew the argument of {system} in {output}.", system=system, output=output))
