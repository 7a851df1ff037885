"""What is asked for with whatever leaves: for whom, what for, and how it may be handled."""

from __future__ import annotations

from typing import Annotated

import typer

from readiness import pack

Recipient = Annotated[str, typer.Option("--to", help="Who it is for; stands on every page.")]
Purpose = Annotated[str, typer.Option(help="What it is for.")]
Classification = Annotated[str, typer.Option(help=f"One of {', '.join(pack.CLASSIFICATIONS)}.")]
Contact = Annotated[str, typer.Option(help="Whom the reader may ask.")]
Customer = Annotated[str, typer.Option(help="Whose own figures it shows, for an audience of one customer.")]
Draft = Annotated[bool, typer.Option("--draft", help="Though it is incomplete, marked so on every page.")]
