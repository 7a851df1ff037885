"""No figure is rounded onto the bound that it misses, wherever it is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

CASE = Path(__file__).parents[1] / "data" / "cases" / "rounded-onto-the-bound"
AS_OF = ("--as-of", "2026-11-26")


@pytest.fixture
def imported(db: Path, run: Run) -> None:
    assert run("import", CASE / "round2.toml", *AS_OF).status == 0
    results = run("import", CASE / "round2.csv", "--system", "round-two", "--measured-on", "2026-11-25", *AS_OF)
    assert results.status == 0


def test_the_verdict_names_the_gates_that_fail_and_rounds_nothing(imported: None, run: Run) -> None:
    answered = run("status", "round-two", "--json", *AS_OF).out
    assert "Task success at least 100 % (fails)" in answered
    assert "100.0 %" not in answered


@pytest.mark.parametrize("audience", ["leadership", "security", "procurement"])
def test_no_pack_rounds_a_failure_away(imported: None, run: Run, audience: str) -> None:
    pack = run("pack", "round-two", "--for", audience, "--draft", "-o", "-", *AS_OF).out
    assert "99.97 %" in pack
    assert "−0.0 points" not in pack


def test_a_change_that_may_be_none_is_not_called_worse(imported: None, run: Run) -> None:
    pack = run("pack", "round-two", "--for", "procurement", "--draft", "-o", "-", *AS_OF).out
    assert "−0.03 points, no clear change" in pack
    assert "−0.03 points, worse" not in pack


def test_the_scorecard_says_the_same(imported: None, run: Run) -> None:
    lines = run("scorecard", "round-two", "--metric", "unsupported_claim_rate", *AS_OF).lines
    assert "no clear change (+0.03 points, not beyond chance)" in lines[0]
    assert lines[-1].startswith("✕ fail  Unsupported claims at most 0 %: 0.03 % [0.001 % to 0.2 %]")
