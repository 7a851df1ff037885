"""The commands in one list, and the one place where a failure becomes a sentence and an exit status."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from readiness import __version__
from readiness.errors import InputError, ReadinessError

from . import admin, evidence, gaps, serve, status

app = typer.Typer(
    name="readiness",
    help="Evidence that an LLM feature is ready for an enterprise rollout, and the verdict that follows from it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("serve")(serve.serve)
app.command("demo")(serve.demo)
app.command("import")(evidence.import_)
app.command("export")(evidence.export)
app.command("status")(status.status)
app.command("check")(status.check)
app.command("gaps")(gaps.gaps)
app.add_typer(gaps.gap, name="gap")
app.command("pack")(evidence.pack)
app.command("backup")(admin.backup)
app.command("restore")(admin.restore)
app.command("upgrade")(admin.upgrade)
app.command("doctor")(admin.doctor)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"readiness {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    pass


def _check_text(arguments: list[str]) -> None:
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError as exc:
            raise InputError("an argument is not UTF-8 text", place=repr(argument), expected="UTF-8") from exc


def main() -> None:
    """Run a command; nothing but sentences reaches the person."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        _check_text(sys.argv[1:])
        app()
    except ReadinessError as exc:
        typer.echo(f"readiness: {exc}", err=True)
        sys.exit(2)
