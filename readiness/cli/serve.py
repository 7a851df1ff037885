"""The dashboard, and the demo portfolio."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from readiness.language import tr

from . import base

commands = typer.Typer(rich_markup_mode=None)


@commands.command("serve")
def serve(
    demo: Annotated[
        bool, typer.Option("--demo", help=tr("Load the demo portfolio first, if it is not there yet."))
    ] = False,
    host: Annotated[str, typer.Option(help=tr("Where to listen; without a login only this machine."))] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8501,
    origin: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS",
            help=tr("A further address that browsers reach it at, as through a port that is forwarded."),
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, max=32, help=tr("Processes that share the work: about one for each processor."))
    ] = 1,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS", help=tr("A proxy with TLS that others reach it through: its address or network.")
        ),
    ] = None,
    tls_certificate: Annotated[Path | None, typer.Option(metavar="FILE", help=tr("The certificate, as PEM."))] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", help=tr("Its key, as PEM."))] = None,
    db: base.Db = "",
) -> None:
    """Serve the dashboard and print its address; beyond this machine only with a login."""
    from readiness.web import serve as web

    if (tls_certificate is None) != (tls_key is None):
        raise typer.BadParameter(tr("--tls-certificate and --tls-key go together"))
    web.run(
        host=host,
        port=port,
        url=db,
        with_demo=demo,
        reached_at=origin,
        processes=workers,
        proxies=trusted_proxy or (),
        tls=web.Tls(tls_certificate, tls_key) if tls_certificate and tls_key else None,
    )


@commands.command("demo")
def demo(db: base.Db = "", json: base.Json = False) -> None:
    """Load the demo portfolio through the importers; twice is once."""
    from readiness.services import demo as demos

    sentences = demos.load(base.store(db), base.me())
    if json:
        base.answer({"stored": sentences})
        return
    for sentence in sentences:
        base.say(sentence)
