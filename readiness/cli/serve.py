"""The dashboard, and the demo portfolio."""

from __future__ import annotations

from typing import Annotated

import typer

from readiness.services import demo as demos

from . import base

commands = typer.Typer(rich_markup_mode=None)


@commands.command("serve")
def serve(
    demo: Annotated[
        bool, typer.Option("--demo", help="Load the demo portfolio first, if it is not there yet.")
    ] = False,
    host: Annotated[str, typer.Option(help="Where to listen; without a login only this machine.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8501,
    origin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS", help="A further address that browsers reach it at, as through a port that is forwarded."
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=32, help="Processes that share the work: about one for each processor.")
    ] = 1,
    db: base.Db = "",
) -> None:
    """Serve the dashboard and print its address."""
    from readiness.web import serve as web

    web.run(host=host, port=port, url=db, with_demo=demo, reached_at=origin, processes=workers)


@commands.command("demo")
def demo(db: base.Db = "", json: base.Json = False) -> None:
    """Load the demo portfolio through the importers; twice is once."""
    sentences = demos.load(base.store(db), base.me())
    if json:
        base.answer({"stored": sentences})
        return
    for sentence in sentences:
        base.say(sentence)
