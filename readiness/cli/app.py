"""The commands in one list, and the one place where a failure becomes a sentence and an exit status."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from readiness import __version__, extras, formatting, language, paths
from readiness.errors import Conflicts, InputError, ReadinessError
from readiness.language import marked, tr

COLLECTED = (50_000, 20, 20)
"""New objects until the collector looks: what a command imports stays to its end."""
COMMANDS = {
    "serve": ("serve", marked("Serve the dashboard and print its address; beyond this machine only with a login.")),
    "demo": ("serve", marked("Load the demo portfolio through the importers; twice is once.")),
    "try": ("trial", marked("Judge one file by itself and say what a verdict would need besides; nothing is stored.")),
    "init": (
        "authoring",
        marked("Write a first assessment file, with each section explained; nothing is overwritten."),
    ),
    "lint": (
        "authoring",
        marked("Check files as an import would, and say where in them something is wrong; exit 1 if anything is."),
    ),
    "schema": (
        "authoring",
        marked("Write the JSON Schema of a file that people write: assessment, checklist or policy."),
    ),
    "import": ("evidence", marked("Store files, told by their content; all of them are read before any is stored.")),
    "pull": (
        "sources",
        marked("Fetch traces or results from a server and import them; --due does so for every source that is due."),
    ),
    "propose": ("propose", marked("Show what a policy or a plan of another tool would change; adopt lines of it.")),
    "export": ("evidence", marked("Write the latest assessment as a file that readiness import reads back.")),
    "status": ("status", marked("Say the verdict of a system, or of all, worst first.")),
    "hindsight": (
        "hindsight",
        marked("Say what became of releases, and how often each verdict went well; nothing below ten."),
    ),
    "scorecard": (
        "scorecard",
        marked("Say the figures of a system beside their baseline, and what its gates make of them."),
    ),
    "argument": ("argument", marked("Draw what a verdict rests on, from the claim down to the files, as SVG.")),
    "check": (
        "status",
        marked("Exit 0 if the verdict is LEVEL or better, else 1 with the reasons, or 3 where it is not decided yet."),
    ),
    "gaps": ("gaps", marked("List open gaps, the earliest due date first.")),
    "marks": ("sheets", marked("Write the answers as a spreadsheet that readiness update reads back.")),
    "update": ("sheets", marked("Store what was changed in a spreadsheet of answers or gaps, all of it or nothing.")),
    "pack": ("packs", marked("Write the evidence pack for one audience, which is recorded as sent.")),
    "packs": (
        "packs",
        marked("List the packs of a system that were sent, the newest first, and why one is out of date."),
    ),
    "verify": (
        "seal",
        marked("Say whether a sealed pack holds and who sealed it; exit 1 if it does not, or nobody known did."),
    ),
    "board": ("board", marked("Write slides for a board: where all systems stand, and one slide for each.")),
    "questionnaire": (
        "questionnaire",
        marked("Answer a questionnaire from what an audience may be told, and write it with its answers."),
    ),
    "backup": ("admin", marked("Copy the store while it is in use.")),
    "restore": (
        "admin",
        marked("Put a backup in the place of the store, after checking it; the old store is kept beside it."),
    ),
    "copy": (
        "admin",
        marked("Copy the store into another database, as from a file to a server, and verify every row."),
    ),
    "upgrade": ("admin", marked("Bring the schema of the store up to this program; a backup is made first.")),
    "anchor": (
        "admin",
        marked("Append the head of the audit chain to a file, so that a chain that is cut off or made anew shows."),
    ),
    "doctor": ("admin", marked("Say what is unsafe or damaged; exit 1 if anything is.")),
    "remind": ("remind", marked("Send each owner what is due, once at 30, 7 and 1 days and when it is overdue.")),
    "issues": (
        "issues",
        marked("Keep an issue in GitHub, GitLab or Jira for each open gap of a system; only says so first."),
    ),
    "notes": ("notes", marked("List comments, questions and requests of a system with their answers.")),
    "gap": ("gaps", marked("One gap.")),
    "note": ("notes", marked("One note.")),
    "evidence": ("evidence", marked("One file.")),
    "person": ("people", marked("People and their roles.")),
    "token": ("people", marked("Tokens for programs.")),
    "decision": ("decision", marked("What was decided on a system, and its conditions.")),
    "incident": ("incident", marked("What went wrong, and what answers it.")),
    "stage": ("stage", marked("Stages of a rollout, step by step.")),
    "week": ("week", marked("Weeks of a rollout: promised, measured, reviewed.")),
    "source": ("sources", marked("Servers from which evidence is fetched again and again.")),
    "system": ("systems", marked("One system.")),
    "keys": ("seal", marked("The keys that seal packs.")),
}
"""Each command's module and its line in the list, which is the help that the module gives it."""
REMOTE = ("status", "check", "scorecard", "import", "gaps", "gap", "pack", "packs")
"""What a dashboard elsewhere answers."""
OFFLINE = ("verify", "keys", "try", "init", "lint", "schema")
"""What asks neither a store nor a dashboard."""


_HELP = "NoArgsIsHelpError"
"""What typer raises where nothing is asked; it has no public name."""


@contextmanager
def _plain_errors() -> Iterator[None]:
    """What is said of an argument quotes it; help, which is said of none, stays as it is set out."""
    try:
        yield
    except TyperException as exc:
        if isinstance(message := getattr(exc, "message", None), str) and type(exc).__name__ != _HELP:
            exc.message = formatting.line(message)
        raise


class _Visible:
    """A stream to which nothing is written that moves the cursor, hides or turns around, whoever writes it."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        self._stream.write(formatting.visible(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class LateGroup(TyperGroup):
    """Lists the commands without importing any of them; the one that is called comes from its module."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, (_, line) in COMMANDS.items():
            self.add_command(TyperCommand(name=name, help=tr(line)))

    def make_context(self, *args: Any, **extra: Any) -> Any:
        with _plain_errors():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: Any) -> Any:
        with _plain_errors():
            return super().invoke(ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        name, _, rest = super().resolve_command(ctx, args)
        return name, command(name) if name else None, rest


def command(name: str) -> Any:
    """A command as its module defines it."""
    module = import_module(f"readiness.cli.{COMMANDS[name][0]}")
    found = typer.main.get_group(module.commands).commands[name]
    for one in (found, *getattr(found, "commands", {}).values()):
        one.help = tr(one.help or "")  # which is the docstring of its function
    return found


app = typer.Typer(
    name="readiness",
    cls=LateGroup,
    help=tr("Evidence that an LLM feature is ready for an enterprise rollout, and the verdict that follows from it."),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"readiness {__version__}")
        raise typer.Exit


def _checklists(named: str) -> None:
    """Read them before anything is done, so that a bad one is refused by every command."""
    if named.strip():
        os.environ[paths.CHECKLISTS_VARIABLE] = str(Path(named.strip()).absolute())
        import_module("readiness.model.checklist").load(*paths.checklists())


def _handed_down(name: str, db: str) -> dict[str, Any]:
    """The store of a command, or of those below it, as its default: what is said after the command counts more."""
    called = command(name)
    below = getattr(called, "commands", {})
    if not any(param.name == "db" for one in (called, *below.values()) for param in one.params):
        raise InputError(
            tr("readiness {name} has no store", name=name), place="--db", expected=tr("a command that has one")
        )
    return {name: {"db": db, **{one: {"db": db} for one in below}}}


@app.callback()
def root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=tr("Say the version."))
    ] = False,
    checklists: Annotated[
        str,
        typer.Option(
            metavar="PATH",
            envvar=paths.CHECKLISTS_VARIABLE,
            callback=_checklists,
            help=tr("A checklist of your own, or a folder of them, beside the one that is shipped."),
        ),
    ] = "",
    db: Annotated[str, typer.Option("--db", metavar="URL", help=tr("The store, before the command or after it."))] = "",
    remote: Annotated[
        str,
        typer.Option(
            metavar="URL",
            envvar="READINESS_REMOTE",
            help=tr("A dashboard that answers instead of the store, for the token in READINESS_API_TOKEN."),
        ),
    ] = "",
) -> None:
    language.check()
    if db.strip():
        context.default_map = _handed_down(context.invoked_subcommand or "", db.strip())
    os.environ["READINESS_REMOTE"] = remote.strip()
    if remote.strip() and context.invoked_subcommand not in (*REMOTE, *OFFLINE):
        raise InputError(
            tr("{remote} does not answer this command", remote=remote), place="--remote", expected=", ".join(REMOTE)
        )


def _check_text(arguments: list[str]) -> None:
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError as exc:
            raise InputError(tr("an argument is not UTF-8 text"), place=repr(argument), expected="UTF-8") from exc


def main() -> None:
    """Run a command; nothing but sentences reaches the person."""
    gc.set_threshold(*COLLECTED)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    with redirect_stdout(_Visible(sys.stdout)), redirect_stderr(_Visible(sys.stderr)):
        _run()


def _run() -> None:
    try:
        _answer()
    finally:
        loaded = sys.modules.get("readiness.plugins")
        for sentence in loaded.failures() if loaded else ():
            typer.echo(formatting.line(f"readiness: {sentence}."), err=True)


def _answer() -> None:
    try:
        _check_text(sys.argv[1:])
        with extras.asked():
            app()
    except ReadinessError as exc:
        for sentence in exc.each if isinstance(exc, Conflicts) else (exc,):
            typer.echo(formatting.line(f"readiness: {sentence}"), err=True)
        sys.exit(2)
