"""What a command imports before it answers: what it does not need would be waited for in every step of a pipeline."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from readiness.cli import admin, evidence, gaps, serve, sheets, status
from readiness.cli.app import COMMANDS

FILES = {"defusedxml", "duckdb", "pandas", "pyarrow"}
REDACTION = {"detect_secrets", "phonenumbers"}
SHOWING = {"altair", "jinja2", "markdown_it", "nh3", "streamlit", "uvicorn"}
MIGRATING = {"alembic"}
SHEETS = {"openpyxl"}
NOT_TO_LOOK = FILES | REDACTION | SHOWING | MIGRATING | SHEETS
STORE = {"pysqlite3", "sqlalchemy", "sqlmodel"}
STATISTICS = "scipy.special"
PROGRAM = """
import atexit, sys
atexit.register(lambda: print(*sys.modules))
from readiness.cli import main
main()
"""


def imported(*arguments: str, ends_with: int = 0) -> set[str]:
    """Every module that a process of the program has imported when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, encoding="utf-8", check=False, timeout=60
    )
    assert done.returncode == ends_with, done.stderr
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize(("argument", "ends_with"), [("--version", 0), ("--help", 0), ("statsu", 2)])
def test_the_program_by_itself_imports_no_command(argument: str, ends_with: int) -> None:
    modules = imported(argument, ends_with=ends_with)
    assert {"typer", "readiness.cli.app"} <= modules
    assert modules & (NOT_TO_LOOK | STORE | {"numpy", "scipy"}) == set()
    assert {name for name in modules if name.startswith("readiness.cli.")} == {"readiness.cli.app"}


@pytest.mark.parametrize(
    ("arguments", "ends_with"),
    [
        (("status",), 0),
        (("status", "--json"), 0),
        (("check", "freight-support", "--at-least", "staged"), 1),
        (("gaps",), 0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_looking_imports_nothing_for_files_pages_or_migrations(
    portfolio: Path, arguments: tuple[str, ...], ends_with: int
) -> None:
    modules = imported(*arguments, ends_with=ends_with)
    assert modules >= STORE
    assert modules & NOT_TO_LOOK == set()


def test_the_verdicts_that_are_kept_are_said_without_statistics(portfolio: Path) -> None:
    assert STATISTICS in imported("status", "freight-support")
    imported("status")  # works out and keeps those of today where the portfolio was filled on another day
    assert STATISTICS not in imported("status")


@pytest.mark.parametrize("module", [admin, evidence, gaps, serve, sheets, status], ids=lambda module: module.__name__)
def test_every_command_of_a_module_is_listed_with_the_help_that_it_has(module: object) -> None:
    group = typer.main.get_group(module.commands)  # type: ignore[attr-defined]
    own = {name: command.help for name, command in group.commands.items()}
    name = module.__name__.rpartition(".")[2]  # type: ignore[attr-defined]
    assert own == {command: line for command, (home, line) in COMMANDS.items() if home == name}
