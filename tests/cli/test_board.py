"""The command that writes slides: of all systems, or of those that are named."""

from __future__ import annotations

from pathlib import Path

import pytest
from pptx import Presentation

from tests.cli.conftest import Run

AS_OF = ("--as-of", "2026-11-20")

pytestmark = pytest.mark.usefixtures("portfolio")


def test_slides_are_written_for_all_systems_or_for_those_that_are_named(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "board.pptx"
    said = run("board", "-o", path, "--draft", "--to", "The board", *AS_OF)
    assert said.status == 0, said.err
    assert len(Presentation(str(path)).slides) == 7
    told = run("board", "-o", path, "--draft", "--system", "claims-intake", "--json", *AS_OF)
    assert told.status == 0, told.err
    assert len(Presentation(str(path)).slides) == 2


def test_a_system_that_there_is_not_is_refused(run: Run, tmp_path: Path) -> None:
    refused = run("board", "-o", tmp_path / "b.pptx", "--system", "nothing", *AS_OF)
    assert refused.status == 2
    assert "nothing" in refused.err


def test_tokens_are_listed_in_words_and_as_json(run: Run) -> None:
    assert "No token was issued yet." in run("token", "list").out
    assert run("token", "issue", "ci", "--may", "read", "--days", "3").status == 0
    assert "ci" in run("token", "list").out
    assert [one["name"] for one in run("token", "list", "--json").json] == ["ci"]
