"""Answers and gaps as spreadsheets on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests import files
from tests.cli.conftest import Run, content
from tests.factories import TODAY, mark

AS_OF = ("--as-of", str(TODAY))
DUE, LATER = "2026-12-04", "2027-01-15"


@pytest.fixture
def system(run: Run, tmp_path: Path) -> None:
    """One system with one gap."""
    run("import", files.assessment(tmp_path, files.whole(capacity=mark("capacity", "yes", due=DUE))), *AS_OF)


def change(path: Path, title: str, value: object, row: int = 2) -> None:
    workbook = load_workbook(path)
    rows = workbook.worksheets[0]
    (column,) = [cell.column for cell in rows[1] if cell.value == title]
    rows.cell(row, column).value = value  # type: ignore[assignment]
    workbook.save(path)


def gap(run: Run) -> dict[str, Any]:
    (row,) = run("gaps", "--json", *AS_OF).json
    return dict(row)


@pytest.mark.usefixtures("system")
def test_gaps_leave_as_a_workbook_and_their_dates_come_back_with_a_reason(run: Run, db: Path) -> None:
    said = run("gaps", "--sheet", "gaps.xlsx", *AS_OF)
    assert (said.status, said.out) == (0, "Wrote 1 gap to gaps.xlsx.\n")
    before = content(db)
    assert run("update", "gaps.xlsx").out == "Nothing was changed.\n"
    change(Path("gaps.xlsx"), "Due date", LATER)
    said = run("update", "gaps.xlsx")
    assert (said.status, said.out) == (2, "")
    assert said.err == (
        "readiness: gaps.xlsx, sheet Gaps, row 2, reason: moving the due date from 4 Dec 2026 to 15 Jan 2027 has no "
        "reason; expected a sentence that says why it is later.\n"
    )
    said = run("update", "gaps.xlsx", "--reason", "The load test slipped", "--dry-run")
    assert said.lines == [
        "1 gap would change.",
        "  support-copilot: Capacity at expansion  Due date: 4 Dec 2026 → 15 Jan 2027",
    ]
    assert content(db) == before
    said = run("update", "gaps.xlsx", "--reason", "The load test slipped")
    assert said.lines[0] == "Changed 1 gap from gaps.xlsx."
    assert (gap(run)["due"], gap(run)["slips"]) == (LATER, 1)


@pytest.mark.usefixtures("system")
def test_answers_leave_as_a_table_and_what_somebody_changed_meanwhile_is_a_choice(run: Run, db: Path) -> None:
    assert run("marks", "support-copilot", "-o", "marks.csv", "--json").json == {"file": "marks.csv", "rows": 22}
    path = Path("marks.csv")
    path.write_text(path.read_text("utf-8").replace('"omar"', '"rosa"'), "utf-8")
    run("gap", "due", gap(run)["id"], "2026-12-01")
    before = content(db)
    said = run("update", "marks.csv", "--json", "--dry-run", "--reason", "late").json
    assert (said["stored"], said["sentence"]) == (False, "1 answer is in conflict and 21 stay as they are")
    assert [(row["state"], [cell["column"] for cell in row["changes"]]) for row in said["rows"]] == [
        ("conflict", ["Owner", "Due date"])
    ]
    said = run("update", "marks.csv", "--reason", "late")
    assert said.status == 2
    assert "capacity of support-copilot was changed since the sheet was written: Owner is omar, the sheet" in said.err
    said = run("update", "marks.csv", "--reason", "late", "--on-conflict", "skip")
    assert said.lines[0] == "Nothing was changed; 1 in conflict left as it is."
    assert content(db) == before
    run("update", "marks.csv", "--reason", "late", "--on-conflict", "update")
    assert (gap(run)["owner"], gap(run)["due"]) == ("rosa", DUE)


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("gaps", "--sheet", "gaps.ods"), "'gaps.ods' is not the name of a spreadsheet; expected one that ends in"),
        (("gaps", "--sheet", "gaps.csv", "--json"), "--csv, --ics, --sheet and --json exclude one another"),
        (("update", "nothing.xlsx"), "nothing.xlsx: the file cannot be read; expected a file that exists."),
        (("update", "x.xlsx", "--on-conflict", "keep"), "--on-conflict: 'keep' is not a choice; expected stop, skip"),
        (("update", "assessment.toml"), "assessment.toml: no column is called Mark ID or Gap ID; expected a file that"),
        (("marks", "nowhere", "-o", "x.csv"), "nowhere"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(run: Run, db: Path, arguments: tuple[str, ...], sentence: str) -> None:
    before = content(db)
    said = run(*arguments)
    assert (said.status, said.out) == (2, "")
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert content(db) == before
