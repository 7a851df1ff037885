"""Whose gaps are asked for: names are the same however they are typed, and a name that nobody has is told."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from tests.cli.conftest import Run

FILE = Path(__file__).parents[1] / "data" / "cases" / "owner-nobody-has" / "su.toml"


@pytest.fixture(autouse=True)
def stored(run: Run) -> None:
    run("import", FILE)


@pytest.mark.parametrize(
    "name", ["Jürgen Weiß", "JÜRGEN WEISS", unicodedata.normalize("NFD", "Jürgen Weiß"), " jürgen  weiß "]
)
def test_an_owner_is_found_however_the_name_is_typed(run: Run, name: str) -> None:
    assert [gap["owner"] for gap in run("gaps", "--owner", name, "--json").json] == ["Jürgen Weiß"]


@pytest.mark.parametrize("form", [(), ("--json",), ("--csv",), ("--overdue",)])
def test_an_owner_whom_nobody_has_is_answered_with_those_there_are(run: Run, form: tuple[str, ...]) -> None:
    said = run("gaps", "--owner", "Jurgen", *form)
    assert (said.status, said.out) == (2, "")
    assert said.err == "readiness: the owner 'Jurgen' is not in the store; expected one of Jürgen Weiß.\n"


def test_an_owner_who_has_no_gap_open_is_told_so_by_name(run: Run, tmp_path: Path) -> None:
    assert run("gaps", "--owner", "DANA@example.com").out == "No gap of dana@example.com is open.\n"
    assert run("gaps", "--owner", "jürgen weiß", "--overdue").out == "No gap of Jürgen Weiß is overdue.\n"
    closed = tmp_path / "closed.toml"
    text = FILE.read_text("utf-8").replace('mark = "partial"\nholds_for = "x"', 'mark = "no"')
    closed.write_text(text, "utf-8")
    run("import", closed)
    said = run("gaps", "--owner", "Jürgen Weiß")
    assert (said.status, said.out) == (0, "No gap of Jürgen Weiß is open.\n")


def test_a_table_for_a_spreadsheet_begins_with_the_mark_by_which_excel_knows_utf_8(run: Run) -> None:
    said = run("gaps", "--csv")
    assert said.out.startswith('\ufeff"id","system",')
    assert "Jürgen Weiß" in said.out
