"""What is asked for with whatever leaves: for whom, what for, and how it may be handled."""

from __future__ import annotations

from typing import Annotated

import typer

from readiness import language, pack
from readiness.language import tr

Recipient = Annotated[str, typer.Option("--to", help=tr("Who it is for; stands on every page."))]
Purpose = Annotated[str, typer.Option(help=tr("What it is for."))]
Classification = Annotated[str, typer.Option(help=tr("One of {known}.", known=", ".join(pack.CLASSIFICATIONS)))]
Contact = Annotated[str, typer.Option(help=tr("Whom the reader may ask."))]
Customer = Annotated[str, typer.Option(help=tr("Whose own figures it shows, for an audience of one customer."))]
Language = Annotated[
    str,
    typer.Option(
        "--language",
        help=tr("The language it speaks: one of {known}; yours by default.", known=", ".join(language.available())),
    ),
]
Draft = Annotated[bool, typer.Option("--draft", help=tr("Though it is incomplete, marked so on every page."))]
