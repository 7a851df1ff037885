"""A questionnaire of a framework, or somebody's own file, filled from what an audience may be told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from readiness import pack as packs
from readiness.errors import InputError
from readiness.language import tr
from readiness.pack import questionnaire as filled

from . import asking, base

commands = typer.Typer(rich_markup_mode=None)


@commands.command("questionnaire")
def questionnaire(
    system: Annotated[str, typer.Argument(autocompletion=base.systems, help=tr("The system that is asked about."))],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help=tr("A .xlsx or .csv, or a folder."))],
    framework: Annotated[
        str,
        typer.Option(
            help=tr("One of {known}; beside --file, what its ids are of.", known=", ".join(filled.frameworks.every()))
        ),
    ] = "",
    file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=tr("Their questionnaire, as .xlsx or .csv, instead of a framework.")),
    ] = None,
    audience: Annotated[
        str, typer.Option("--for", metavar="AUDIENCE", help=tr("One of {known}.", known=", ".join(packs.AUDIENCES)))
    ] = "procurement",
    recipient: asking.Recipient = "",
    purpose: asking.Purpose = "",
    classification: asking.Classification = "",
    contact: asking.Contact = "",
    customer: asking.Customer = "",
    spoken: asking.Language = "",
    db: base.Db = "",
    json: base.Json = False,
    as_of: base.AsOf = "",
) -> None:
    """Answer a questionnaire from what an audience may be told, and write it with its answers."""
    if not framework and file is None:
        raise InputError(tr("nothing is asked"), place="--framework", expected=tr("a framework, or a --file"))
    request = packs.Request.checked(
        audience=audience,
        recipient=recipient,
        purpose=purpose,
        classification=classification,
        contact=contact,
        customer=customer,
        language=spoken,
    )
    form = "xlsx" if output.is_dir() else output.suffix.lower().removeprefix(".")
    made = filled.build(
        *(base.store(db), base.me(), system, request),
        filled.Asked(framework, file, file.name if file else ""),
        as_of=base.day(as_of),
        form=form,
    )
    path = output / made.name if output.is_dir() else output
    base.write(path, made.body)
    if json:
        base.answer({"file": str(path), "bytes": len(made.body), "answers": made.counted})
    else:
        base.say(tr("Wrote {path}: {counted}.", path=path, counted=made.counted))
