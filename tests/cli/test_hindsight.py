"""Were we right? By the command line, for people and for programs."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from readiness.store import open_store
from tests.cli.conftest import Run
from tests.releases import PastDesk, on, ten


@pytest.fixture
def released(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(open_store(f"sqlite:///{db}")) as store:
        ten(PastDesk(store, tmp_path, monkeypatch))


@pytest.mark.usefixtures("db")
def test_a_store_in_which_nothing_began_says_so(run: Run) -> None:
    assert run("hindsight").lines == ["No rollout has begun yet."]
    told = run("hindsight", "--json").json
    assert (told["releases"], told["counted"], told["by_verdict"], told["went_well"]) == ([], 0, None, None)


@pytest.mark.usefixtures("released")
def test_ten_releases_are_told_with_their_figures(run: Run) -> None:
    lines = run("hindsight").lines
    assert lines[:2] == [
        "Of 10 releases, 5 went well; staged went well 5 of 5 times.",
        "Staged went well 5 of 5 times: 100.0 % (56.6 % to 100.0 %)",
    ]
    assert "  Capacity at expansion: 5 of 5 where open, 0 of 5 where controlled, p 0.008" in lines
    assert "11 of 14 rules never mattered in 10 releases." in lines
    assert len([line for line in lines if line.startswith("- ")]) == 10
    assert lines[-1].endswith("No verdict follows from it.")


@pytest.mark.usefixtures("released")
def test_for_programs_every_figure_has_its_n_and_its_method(run: Run) -> None:
    told = run("hindsight", "--json").json
    assert told["by_verdict"][0] == {
        "of": "staged",
        "went_well": {"k": 5, "n": 5, "interval": [0.566, 1.0]},
        "slipped": 0,
        "trouble": 0,
    }
    (capacity,) = told["signals"]
    assert capacity["trouble_open"]["n"] + capacity["trouble_controlled"]["n"] == 10
    assert (capacity["signal"], capacity["foretold"], round(capacity["p"], 4)) == ("capacity", True, 0.0079)
    assert {rule["n"] for rule in told["rules"]} == {10}
    assert "Holm" in told["method"]
    assert told["releases"][0]["trouble"][0]["on"] == str(on(-145))


@pytest.mark.usefixtures("released")
def test_on_a_day_on_which_nine_were_over_nothing_more_than_each_is_told(run: Run) -> None:
    day = str(on(-200 + 9 * 5 + 30))
    lines = run("hindsight", "--as-of", day).lines
    assert lines[0] == "Too few to tell: 9 of 10 releases that began are over."
    assert lines[1].startswith("From 10 that are over, figures stand here.")
    told = run("hindsight", "--as-of", day, "--json").json
    assert (told["counted"], told["signals"], told["rules"], told["by_decision"]) == (9, None, None, None)
    assert len(told["releases"]) == 10
