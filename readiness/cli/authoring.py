"""The files that people write: begun, checked and described."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer

from readiness import clock, formatting, names
from readiness.errors import InputError
from readiness.exports import blank_assessment, schemas
from readiness.language import tr
from readiness.model import checklist as checklists
from readiness.model.assessment import Assessment, System

from . import base

if TYPE_CHECKING:
    from readiness.library import linting

commands = typer.Typer(rich_markup_mode=None)
FILE = "readiness.toml"
SCHEMA = f"readiness-assessment{schemas.SUFFIX}"
Form = Literal["text", "json", "github"]


@commands.command("init")
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help=tr("Where the file goes; here by default."))
    ] = Path(),
    name: Annotated[str, typer.Option("--name", help=tr("What the system is called."))] = "My system",
    candidate: Annotated[str, typer.Option("--candidate", help=tr("The version under review."))] = "1.0",
    checklist: Annotated[str, typer.Option("--checklist", help=tr("The id of the checklist."))] = "llm-rollout",
) -> None:
    """Write a first assessment file, with each section explained; nothing is overwritten."""
    system = System.checked(slug=names.slug(name, ()), name=name)
    assessment = Assessment.checked(candidate=candidate, assessed_on=clock.today())
    made = {
        FILE: blank_assessment.first(checklists.named(checklist), f"./{SCHEMA}", system, assessment),
        SCHEMA: schemas.text("assessment"),
    }
    there = [file for file, text in made.items() if _differs(folder / file, text)]
    if there:
        raise InputError(
            tr("the file is there already"), file=str(folder / there[0]), expected=tr("a folder without it")
        )
    for file, text in made.items():
        base.write(folder / file, text.encode())
    path = folder / FILE
    base.say(tr("Wrote {path}, and beside it {schema} for your editor.", path=path, schema=SCHEMA))
    base.say(
        tr(
            "Next: answer its questions, readiness lint {path}, readiness import {path} RESULTS, readiness serve.",
            path=path,
        )
    )


def _differs(path: Path, text: str) -> bool:
    """Whether something else stands there; an assessment that is there is never taken for ours."""
    if path.name == FILE or not path.is_file():
        return path.exists()
    return path.read_bytes() != text.encode()


@commands.command("lint")
def lint(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help=tr("Assessment files, checklists and policies."))
    ],
    format_: Annotated[
        str, typer.Option("--format", metavar="FORM", help=tr("One of {known}.", known=", ".join(get_args(Form))))
    ] = "text",
) -> None:
    """Check files as an import would, and say where in them something is wrong; exit 1 if anything is."""
    from readiness.library import linting  # which reads files, and so takes longer than to write one

    if format_ not in get_args(Form):
        raise InputError(
            tr("{format!r} is no form", format=format_),
            place="--format",
            expected=formatting.listed(get_args(Form), "or"),
        )
    problems = linting.lint(files)
    _say(problems, format_)
    if any(problem.severity == "error" for problem in problems):
        raise typer.Exit(1)


def _say(problems: Sequence[linting.LintProblem], form: str) -> None:
    if form == "json":
        base.answer([problem._asdict() for problem in problems])
        return
    for path, line, column, severity, message in problems:
        if form == "github":
            where = f"file={_property(path)},line={line},col={column}"
            typer.echo(f"::{severity} {where}::{_data(formatting.line(message))}")
        else:
            base.say(f"{path}:{line}:{column}: {severity}: {message}")


def _data(text: str) -> str:
    """A message of a workflow command of GitHub, which ends at the end of its line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return re.sub("[:,]", lambda match: f"%{ord(match[0]):02X}", _data(text))


@commands.command("schema")
def schema(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=tr("One of {known}.", known=", ".join(schemas.KINDS)))],
    output: Annotated[Path, typer.Option("-o", "--output", help=tr("The file; - is the standard output."))] = Path("-"),
) -> None:
    """Write the JSON Schema of a file that people write: assessment, checklist or policy."""
    base.write(output, schemas.text(kind).encode())
