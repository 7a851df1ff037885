from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import files
from tests.cli.conftest import Run, content
from tests.factories import TODAY, mark

AS_OF = ("--as-of", str(TODAY))
DUE, EARLIER, LATER = "2026-12-04", "2026-12-01", "2027-01-15"


@pytest.fixture
def gap(run: Run, tmp_path: Path) -> dict[str, Any]:
    """The only gap there is."""
    run("import", files.assessment(tmp_path, files.whole(capacity=mark("capacity", "yes", due=DUE))), *AS_OF)
    return only(run)


def only(run: Run) -> dict[str, Any]:
    (row,) = run("gaps", "--json", *AS_OF).json
    return dict(row)


def test_a_date_moves_earlier_without_a_reason(gap: dict[str, Any], run: Run) -> None:
    said = run("gap", "due", gap["id"], EARLIER)
    assert (said.status, said.out) == (0, "Due date of capacity moved from 4 Dec 2026 to 1 Dec 2026.\n")
    assert only(run) == gap | {"due": EARLIER}


@pytest.mark.parametrize("reason", [(), ("--reason", ""), ("--reason", "  ")])
def test_a_date_that_moves_later_needs_a_reason(
    gap: dict[str, Any], run: Run, db: Path, reason: tuple[str, ...]
) -> None:
    before = content(db)
    said = run("gap", "due", gap["id"], LATER, *reason)
    assert (said.status, said.out) == (2, "")
    assert said.err == (
        "readiness: reason: moving the due date from 4 Dec 2026 to 15 Jan 2027 has no reason; "
        "expected a sentence that says why it is later.\n"
    )
    assert content(db) == before


def test_a_date_that_moved_later_counts_as_a_slip(gap: dict[str, Any], run: Run) -> None:
    said = run("gap", "due", gap["id"], LATER, "--reason", "The load test slipped", "--json")
    sentence = "Due date of capacity moved from 4 Dec 2026 to 15 Jan 2027; reason kept"
    assert said.json == {"changed": True, "sentence": sentence}
    assert only(run) == gap | {"due": LATER, "slips": 1}


def test_the_same_date_again_changes_nothing(gap: dict[str, Any], run: Run, db: Path) -> None:
    before = content(db)
    assert run("gap", "due", gap["id"], DUE, "--json").json == {"changed": False, "sentence": "Nothing was changed"}
    assert content(db) == before


@pytest.mark.parametrize(
    ("id_", "date", "sentence"),
    [
        ("GAP", "2026-02-30", "DATE: '2026-02-30' is not a date; expected a date that exists, as YYYY-MM-DD."),
        ("GAP", "soon", "DATE: 'soon' is not a date; expected a date that exists, as YYYY-MM-DD."),
        ("999", DUE, "there is no gap 999; expected an id that readiness gaps lists."),
        ("1", DUE, "gap 1: cohort-success is not a gap; expected a partial or a yes."),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(
    gap: dict[str, Any], run: Run, db: Path, id_: str, date: str, sentence: str
) -> None:
    before = content(db)
    said = run("gap", "due", id_.replace("GAP", str(gap["id"])), date)
    assert (said.status, said.out, said.err) == (2, "", f"readiness: {sentence}\n")
    assert content(db) == before


@pytest.mark.parametrize("id_", ["capacity", str(10**30)])
def test_what_cannot_be_an_id_is_refused(gap: dict[str, Any], run: Run, db: Path, id_: str) -> None:
    before = content(db)
    said = run("gap", "due", id_, DUE)
    assert (said.status, said.out) == (2, "")
    assert said.err
    assert content(db) == before
