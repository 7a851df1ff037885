"""The command that fills a questionnaire: a framework of ours, or somebody's own file."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.cli.conftest import Run

AS_OF = ("--as-of", "2026-11-20")

pytestmark = pytest.mark.usefixtures("portfolio")


def test_a_framework_is_filled_into_a_file_or_a_folder(run: Run, tmp_path: Path) -> None:
    said = run("questionnaire", "claims-intake", "--framework", "caiq", "-o", tmp_path / "out.csv", *AS_OF)
    assert said.status == 0, said.err
    assert "out.csv: " in said.out
    rows = list(csv.reader((tmp_path / "out.csv").open(encoding="utf-8-sig")))
    assert {"Answer", "State", "Source"} <= set(rows[0])
    told = run("questionnaire", "claims-intake", "--framework", "caiq", "-o", tmp_path, "--json", *AS_OF).json
    assert Path(told["file"]).name.startswith("claims-intake_caiq_procurement_")
    assert "answered" in told["answers"]


def test_their_file_comes_back_with_its_rows(run: Run, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.csv"
    theirs.write_text("Question ID,Question\nDSP-19.1,Where is it?\n", "utf-8")
    stated = ("--framework", "caiq", "--file", theirs, "-o", tmp_path / "out.csv")
    assert run("questionnaire", "claims-intake", *stated, *AS_OF).status == 0
    rows = list(csv.reader((tmp_path / "out.csv").open(encoding="utf-8-sig")))
    assert rows[1][:2] == ["DSP-19.1", "Where is it?"]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ((), "--framework: nothing is asked; expected a framework, or a --file"),
        (("--framework", "soc9"), "soc9"),
        (("--framework", "caiq", "--for", "press"), "the audience 'press' is not known"),
        (("--file", "none.csv"), "none.csv"),
    ],
)
def test_what_cannot_be_filled_is_refused(run: Run, tmp_path: Path, asked: tuple[str, ...], said: str) -> None:
    refused = run("questionnaire", "claims-intake", *asked, "-o", tmp_path / "out.csv", *AS_OF)
    assert refused.status == 2
    assert said in refused.err
    assert not (tmp_path / "out.csv").exists()
