"""Where options may stand, and what a shell completes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from readiness.cli.app import COMMANDS, command
from readiness.store.engine import URL_VARIABLE
from tests.cli.conftest import Run

PROGRAM = "import sys; sys.argv[0] = 'readiness'; from readiness.cli import main; main()"


def with_store() -> list[tuple[str, ...]]:
    """Every command that has a store."""
    found: list[tuple[str, ...]] = []
    for name in COMMANDS:
        called = command(name)
        below: dict[str, Any] = getattr(called, "commands", {})
        whole: dict[tuple[str, ...], Any] = {(name, one): inner for one, inner in below.items()} or {(name,): called}
        found += [words for words, one in whole.items() if any(param.name == "db" for param in one.params)]
    return found


def test_most_commands_have_a_store() -> None:
    assert len(with_store()) > 40


@pytest.mark.parametrize("words", with_store(), ids=" ".join)
def test_the_store_is_named_before_a_command_or_after_it(
    run: Run, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A malformed address is refused in the same sentence, wherever it stands, once the rest is as it must be."""
    called: Any = command(words[0])
    for word in words[1:]:
        called = called.commands[word]
    (param,) = [one for one in called.params if one.name == "db"]
    seen = []
    monkeypatch.setattr(called, "callback", lambda **stated: seen.append(stated["db"]))
    for one in called.params:
        monkeypatch.setattr(one, "required", False)
    monkeypatch.setattr("readiness.cli.app.command", lambda name: _group(words[0], called, words))
    run("--db", "sqlite:///before.db", *words)
    run(*words, "--db", "sqlite:///after.db")
    run("--db", "sqlite:///before.db", *words, "--db", "sqlite:///after.db")
    assert seen == ["sqlite:///before.db", "sqlite:///after.db", "sqlite:///after.db"]
    assert param.opts == ["--db"]


def _group(name: str, called: Any, words: tuple[str, ...]) -> Any:
    if len(words) == 1:
        return called
    group = command(name)
    group.commands[words[1]] = called
    return group


def test_a_store_named_before_is_the_one_that_is_read(
    portfolio: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(URL_VARIABLE)
    assert "freight-support" in run("--db", f"sqlite:///{portfolio}", "gaps").out
    assert "freight-support" in run("gaps", "--db", f"sqlite:///{portfolio}").out


def test_a_command_without_a_store_takes_none(run: Run) -> None:
    said = run("--db", "sqlite:///x.db", "schema", "policy")
    assert said.status == 2
    assert "--db: readiness schema has no store" in said.err


def test_help_without_a_command_is_set_out_in_lines(run: Run) -> None:
    said = run()
    assert len(said.err.splitlines()) > 30


def completed(*words: str, cwd: Path) -> list[str]:
    """What bash is offered for the last of the words."""
    environment = {**os.environ, "_READINESS_COMPLETE": "complete_bash"}
    environment |= {"COMP_WORDS": " ".join(("readiness", *words)), "COMP_CWORD": str(len(words))}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.stdout.split()


def test_a_shell_completes_commands_options_and_systems(portfolio: Path, tmp_path: Path) -> None:
    assert completed("sco", cwd=tmp_path) == ["scorecard"]
    assert completed("check", "--at", cwd=tmp_path) == ["--at-least"]
    assert completed("check", "fre", cwd=tmp_path) == ["freight-support"]
    assert completed("gaps", "--system", "po", cwd=tmp_path) == ["policy-answers"]


def test_completion_makes_no_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    assert completed("check", "fre", cwd=tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_the_script_for_a_shell_is_shown(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "--show-completion", "bash"],
        env={**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert "_READINESS_COMPLETE=complete_bash" in done.stdout
