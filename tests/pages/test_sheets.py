"""Answers and gaps leave their pages as spreadsheets, and come back once they were shown."""

from __future__ import annotations

import datetime as dt
import html
import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook

from readiness import clock
from readiness.exports import sheets as files
from readiness.model.assessment import Mark
from readiness.model.dossier import Stored
from readiness.services import gaps
from readiness.services import sheets as service
from readiness.store import queries
from tests import factories
from tests.pages.dashboard import Dashboard, Screen
from tests.pages.test_pack import download

SYSTEM = "freight-support"
BY = factories.principal(name="rosa")


def links(screen: Screen) -> list[tuple[str, str]]:
    block = next(block for block in screen.blocks if "r-files" in block)
    return [(path, html.unescape(query)) for path, query in re.findall(r'href="([^"?]*)\?([^"]*)"', block)]


def stored(dashboard: Dashboard, signal: str) -> Stored[Mark]:
    with dashboard.store() as store:
        return queries.dossier(store, SYSTEM).marks[signal]


def edited(dashboard: Dashboard, kind: str, **cells: object) -> bytes:
    """The sheet of gaps or of answers, in which the row of the rehearsal was changed."""
    with dashboard.store() as store:
        today = clock.today()
        sheet = (
            service.gaps(store, BY, as_of=today) if kind == "gaps" else service.marks(store, BY, SYSTEM, as_of=today)
        )
    workbook, saved = load_workbook(io.BytesIO(files.file(sheet, "xlsx"))), io.BytesIO()
    rows = workbook.worksheets[0]
    titles = {str(cell.value): at for at, cell in enumerate(rows[1], start=1)}
    for row in range(2, rows.max_row + 1):
        about = [rows.cell(row, titles[title]).value for title in ("System", "Signal")]
        if about == [SYSTEM, "rollback-rehearsal"]:
            for title, value in cells.items():
                rows.cell(row, titles[title.replace("_", " ")]).value = value  # type: ignore[assignment]
    workbook.save(saved)
    return saved.getvalue()


def hand_in(screen: Screen, body: bytes, name: str = "gaps.xlsx") -> None:
    screen.choose("file_uploader", "Spreadsheet", (name, body, "application/octet-stream"))


@pytest.mark.parametrize(("page", "rows"), [("checklist", 22), ("gaps", 33)])
def test_both_forms_are_a_link_away_at_the_end_of_the_page(dashboard: Dashboard, page: str, rows: int) -> None:
    screen = dashboard.open(page, system=SYSTEM)
    blocks = [str(piece.body) for piece in screen.app.main.html]  # the side bar comes after them
    assert "r-files" in [block for block in blocks if 'class="r-words"' not in block][-1]
    workbook, table = links(screen)[:2]
    status, headers, body = download(*table)
    assert (status, headers["content-type"]) == (200, "text/csv; charset=utf-8")
    assert re.search(r'filename="[\w-]+_\d{4}-\d\d-\d\d\.csv"', headers["content-disposition"])
    assert len(body.splitlines()) == rows + 1
    assert headers["content-security-policy"].endswith("sandbox")
    status, headers, _ = download(*workbook)
    assert (status, headers["content-type"]) == (200, files.MEDIA_TYPES["xlsx"])


def test_what_is_not_there_is_a_sentence(dashboard: Dashboard) -> None:
    status, _, body = download("download/marks", "system=nowhere")
    assert (status, "nowhere" in body) == (404, True)
    status, _, body = download("download/gaps", "format=ods")
    assert (status, body) == (404, "the form 'ods' is not known; expected xlsx or csv.")
    assert download("download/gaps", "", host="rebound.example.com")[0] == 403


def test_a_date_is_moved_once_the_change_was_shown_and_a_reason_given(dashboard: Dashboard) -> None:
    before = stored(dashboard, "rollback-rehearsal")
    later = clock.today() + dt.timedelta(days=40)
    screen = dashboard.open("gaps", system=SYSTEM)
    hand_in(screen, edited(dashboard, "gaps", Due_date=later))
    assert "1 gap cannot be stored and 32 stay as they are." in screen.text
    assert "has no reason; expected a sentence that says why it is later" in screen.text
    assert screen.widget("button", "Store these changes").disabled
    screen.choose("text_input", "Reason, for dates that move later without one of their own", "The index is rebuilt")
    ((question, what, was, sheet, state),) = screen.table("Sheet")
    assert question.startswith("Rollback rehearsal")
    assert (what, sheet, state) == ("Due date", f"{later.day} {later:%b} {later.year}", "→ changes")
    assert before.record.due
    assert was == f"{before.record.due.day} {before.record.due:%b} {before.record.due.year}"
    assert stored(dashboard, "rollback-rehearsal") == before
    screen.press("Store these changes")
    assert screen.notices("status") == ["✓ Changed 1 gap from gaps.xlsx."]
    assert stored(dashboard, "rollback-rehearsal").record == before.record.model_copy(update={"due": later})
    assert not screen.widget("file_uploader", "Spreadsheet").value


@pytest.mark.parametrize(("choice", "owner"), [("Leave what is stored", "kim"), ("Take what the sheet says", "lee")])
def test_what_somebody_changed_meanwhile_is_shown_with_both_values_and_a_choice(
    dashboard: Dashboard, choice: str, owner: str
) -> None:
    body = edited(dashboard, "marks", Owner="lee")
    held = stored(dashboard, "rollback-rehearsal")
    with dashboard.store() as store:
        mark: dict[str, Any] = {"due": held.record.due, "action": held.record.action}
        gaps.change(store, BY, held.id, seen=held.row_version, owner="kim", **mark)
    screen = dashboard.open("checklist", system=SYSTEM)
    hand_in(screen, body, "answers.xlsx")
    ((_, what, was, sheet, state),) = screen.table("Sheet")
    assert (what, was, sheet) == ("Owner", "kim", "lee")
    assert state.startswith("⚠ conflict")
    assert screen.widget("button", "Store these changes").disabled
    screen.choose("radio", "Where somebody changed a row since", choice)
    screen.press("Store these changes")
    assert stored(dashboard, "rollback-rehearsal").record.owner == owner


def test_a_change_between_the_look_and_storing_stores_nothing_and_is_shown_afresh(dashboard: Dashboard) -> None:
    screen = dashboard.open("gaps", system=SYSTEM)
    hand_in(screen, edited(dashboard, "gaps", Owner="lee"))
    held = stored(dashboard, "rollback-rehearsal")
    with dashboard.store() as store:
        gaps.change(
            store, BY, held.id, seen=held.row_version, due=held.record.due, owner="kim", action=held.record.action
        )
    screen.press("Store these changes")
    assert "changed by somebody else in the meantime" in screen.notices("alert")[0]
    assert stored(dashboard, "rollback-rehearsal").record.owner == "kim"
    screen.choose("text_input", "Reason, for dates that move later without one of their own", "")
    assert screen.table("Sheet")[0][2:4] == ["kim", "lee"]


def test_a_sheet_that_changes_nothing_says_so_and_has_nothing_to_store(dashboard: Dashboard) -> None:
    screen = dashboard.open("gaps", system=SYSTEM)
    hand_in(screen, edited(dashboard, "gaps"))
    assert "33 gaps stay as they are." in screen.text
    assert "Store these changes" not in screen.labels("button")


def test_a_file_that_is_none_of_ours_is_one_sentence(dashboard: Dashboard) -> None:
    screen = dashboard.open("checklist", system=SYSTEM)
    hand_in(screen, b"a,b\n1,2\n", "notes.csv")
    (sentence,) = screen.notices("alert")
    assert "notes.csv: no column is called Mark ID or Gap ID; expected a file that readiness has written" in sentence


def test_an_earlier_assessment_leaves_as_a_sheet_and_takes_none(dashboard: Dashboard) -> None:
    with dashboard.store() as store:
        earlier = queries.assessments(store, SYSTEM)[-1].id
    screen = dashboard.open("checklist", system=SYSTEM, assessment=str(earlier))
    assert f"assessment={earlier}" in links(screen)[0][1]
    assert screen.labels("file_uploader") == []
