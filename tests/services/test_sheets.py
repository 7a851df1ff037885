"""What comes back in a sheet is shown before it is stored, by the rights of whoever brings it, all of it or nothing."""

from __future__ import annotations

import datetime as dt
import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from readiness.access import Principal
from readiness.errors import Conflict, Conflicts, Denied, InputError, NotFound, ReadinessError
from readiness.exports import sheets as files
from readiness.model.assessment import Assessment, Mark, System
from readiness.model.sheets import Sheet
from readiness.services import Store, gaps, marks, portfolio, sheets
from readiness.store import queries
from tests import factories
from tests import files as handed_in
from tests.exports.test_csv_table import texts
from tests.factories import SLUG, TODAY, mark
from tests.stored import CopyOf

DANA = factories.principal()
DUE = TODAY + dt.timedelta(days=14)
LATER, EARLIER = DUE + dt.timedelta(days=10), DUE - dt.timedelta(days=3)
OTHER = "desk"
Edit = Callable[[dict[str, Any]], None]


@pytest.fixture
def two(copy_of: CopyOf, noon: dt.datetime) -> Store:
    return copy_of(_two_systems)


def _two_systems(store: Store, folder: Path) -> None:
    """Two systems with gaps: capacity and traceability of one, capacity of the other."""
    hostile = mark("traceability", "partial", note="=1+1\n-2; @x", action="'quoted'", owner="rosa")
    for slug, others in ((SLUG, {"capacity": "yes", "traceability": hostile}), (OTHER, {"capacity": "yes"})):
        file = handed_in.whole(**others)
        file.system = System(slug=slug, name=slug)
        file.assessment = Assessment(candidate="v2", assessed_on=TODAY)
        handed_in.keep(store, handed_in.assessment(folder, file, f"{slug}.toml"))


def saved(folder: Path, sheet: Sheet, edits: dict[str, Edit] | None = None, form: files.SheetFormat = "xlsx") -> Path:
    """The sheet as a person saved it, after an edit of rows by `system/signal`."""
    path = folder / f"sheet.{form}"
    if form == "csv":
        path.write_bytes(files.csv(sheet))
        return path
    workbook = load_workbook(io.BytesIO(files.file(sheet, "xlsx")))
    rows = workbook.worksheets[0]
    titles = [str(cell.value) for cell in rows[1]]
    done = set()
    for row in rows.iter_rows(min_row=2):
        cells: dict[str, Any] = dict(zip(titles, [cell.value for cell in row], strict=True))
        key = f"{cells['System']}/{cells['Signal']}"
        if edits and key in edits:
            edits[key](cells)
            done.add(key)
            for cell, value in zip(row, cells.values(), strict=True):
                cell.value = value
    assert done == set(edits or {})
    workbook.save(path)
    return path


def put(**cells: object) -> Edit:
    return lambda row: row.update({title.replace("_", " "): value for title, value in cells.items()})


def stored(store: Store, slug: str, signal: str) -> Mark:
    return queries.dossier(store, slug).marks[signal].record


def states(preview: sheets.SheetPreview) -> dict[str, str]:
    return {f"{row.system}/{row.signal}": row.state for row in preview.told}


def open_gaps(store: Store, by: Principal = DANA) -> Sheet:
    return sheets.gaps(store, by, as_of=TODAY)


def answers(store: Store, by: Principal = DANA) -> Sheet:
    return sheets.marks(store, by, SLUG, as_of=TODAY)


def move_behind(store: Store, due: dt.date, slug: str = SLUG) -> None:
    """Somebody moves the gap of capacity after the sheet was written."""
    held = queries.dossier(store, slug).marks["capacity"]
    gaps.change(
        store, DANA, held.id, seen=held.row_version, due=due, owner="omar", action="Close it", reason="Moved meanwhile"
    )


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("of", [open_gaps, answers])
def test_a_sheet_that_nobody_changed_changes_nothing(
    two: Store, tmp_path: Path, of: Callable[[Store], Sheet], form: files.SheetFormat
) -> None:
    before = queries.head(two)
    preview = sheets.preview(two, DANA, saved(tmp_path, of(two), form=form))
    assert preview.told == []
    assert preview.sentence.endswith(("gaps stay as they are", "answers stay as they are"))
    assert sheets.apply(two, DANA, preview).changed is False
    assert queries.head(two) == before


def test_hostile_texts_in_every_cell_come_back_as_they_are_stored(sqlite_store: Store, tmp_path: Path) -> None:
    dice = random.Random(7)  # noqa: S311 - the same texts every time
    hostile = [text.replace("\ud800", "").replace("\0", "") for text in texts()]
    written = [
        Mark(signal=signal, mark="partial", holds_for=f"x{dice.choice(hostile)}", note=dice.choice(hostile))
        .model_copy(update={"evidence": dice.choices(hostile, k=3), "owner": dice.choice(hostile)})
        .model_copy(update={"action": dice.choice(hostile)})
        for signal in factories.CHECKLIST.ids
    ]
    handed_in.keep(sqlite_store, handed_in.assessment(tmp_path, factories.assessment_file(*written)))
    forms: tuple[files.SheetFormat, ...] = ("xlsx", "csv")
    for form in forms:
        for sheet in (answers(sqlite_store), open_gaps(sqlite_store)):
            assert len(sheet) == len(factories.CHECKLIST.ids)
            assert sheets.preview(sqlite_store, DANA, saved(tmp_path, sheet, form=form)).told == []


def test_changes_of_gaps_are_shown_and_then_stored_with_an_event_each(two: Store, tmp_path: Path) -> None:
    path = saved(
        tmp_path,
        open_gaps(two),
        {
            f"{SLUG}/capacity": put(Due_date=LATER, Reason_for_a_later_date="The vendor is late"),
            f"{OTHER}/capacity": put(Owner="'=rosa", Due_date=str(EARLIER)),
        },
    )
    preview = sheets.preview(two, DANA, path, name="gaps.xlsx")
    assert preview.sentence == "2 gaps would change and 1 stays as it is"
    assert [(cell.title, cell.before, cell.after) for row in preview.told for cell in row.cells] == [
        ("Owner", "omar", "=rosa"),
        ("Due date", "4 Dec 2026", "1 Dec 2026"),
        ("Due date", "4 Dec 2026", "14 Dec 2026"),
    ]
    assert stored(two, SLUG, "capacity").due == DUE
    assert sheets.apply(two, DANA, preview).sentence == "Changed 2 gaps from gaps.xlsx"
    assert (stored(two, SLUG, "capacity").due, stored(two, OTHER, "capacity").due) == (LATER, EARLIER)
    assert stored(two, OTHER, "capacity").owner == "=rosa"
    events = queries.events(two, limit=2)
    assert {(event.action, event.system, event.actor) for event in events} == {
        ("gap.move", SLUG, "dana"),
        ("gap.move", OTHER, "dana"),
    }
    assert {event.detail["reason"] for event in events} == {"The vendor is late", ""}
    assert len(portfolio.statuses(two, DANA, as_of=TODAY)) == 2


def test_answers_are_changed_in_words_of_any_case_and_new_ones_are_given(two: Store, tmp_path: Path) -> None:
    file = handed_in.whole(capacity=None, ownership="no")
    file.assessment = Assessment(candidate="v3", assessed_on=TODAY)
    handed_in.keep(two, handed_in.assessment(tmp_path, file, "third.toml"))
    assert "capacity" not in queries.dossier(two, SLUG).marks
    edits = {
        f"{SLUG}/capacity": put(
            Answer="YES - GAP", Owner="omar", Due_date="2026-12-02", Critical="yes", Critical_because="It falls over"
        ),
        f"{SLUG}/ownership": put(Not_applicable="Yes", Finding="Nobody owns it", Evidence="a\n b \n"),
    }
    preview = sheets.preview(two, DANA, saved(tmp_path, answers(two), edits))
    assert states(preview) == {f"{SLUG}/capacity": "changed", f"{SLUG}/ownership": "changed"}
    sheets.apply(two, DANA, preview)
    given = stored(two, SLUG, "capacity")
    assert (given.mark, given.owner, given.due) == ("yes", "omar", dt.date(2026, 12, 2))
    assert (given.critical, given.critical_reason) == (True, "It falls over")
    changed = stored(two, SLUG, "ownership")
    assert (changed.not_applicable, changed.note, changed.evidence) == (True, "Nobody owns it", ["a", "b"])


def test_a_column_that_was_deleted_leaves_what_is_stored(two: Store, tmp_path: Path) -> None:
    path = saved(tmp_path, open_gaps(two), {f"{SLUG}/capacity": put(Owner="rosa")})
    workbook = load_workbook(path)
    rows = workbook.worksheets[0]
    rows.delete_cols(next(cell.column for cell in rows[1] if cell.value == "Due date"))
    workbook.save(path)
    preview = sheets.preview(two, DANA, path)
    assert [(cell.title, cell.after) for row in preview.told for cell in row.cells] == [("Owner", "rosa")]
    sheets.apply(two, DANA, preview)
    assert stored(two, SLUG, "capacity").due == DUE


def test_a_date_that_moves_later_needs_a_reason_of_its_row_or_one_for_all(two: Store, tmp_path: Path) -> None:
    path = saved(tmp_path, open_gaps(two), {f"{SLUG}/capacity": put(Due_date=LATER)})
    preview = sheets.preview(two, DANA, path)
    (row,) = preview.told
    assert row.state == "refused"
    assert "from 4 Dec 2026 to 14 Dec 2026 has no reason" in row.why
    with pytest.raises(InputError, match=r"sheet Gaps, row \d, reason: moving"):
        sheets.apply(two, DANA, preview)
    assert stored(two, SLUG, "capacity").due == DUE
    (row,) = sheets.preview(two, DANA, path, reason="The vendor is late").told
    assert row.state == "changed"
    sheets.apply(two, DANA, preview, reason="The vendor is late")
    assert stored(two, SLUG, "capacity").due == LATER
    assert queries.events(two, limit=1)[0].detail["reason"] == "The vendor is late"


@pytest.mark.parametrize(
    ("choice", "due", "sentence"),
    [
        ("skip", EARLIER, "Changed 1 gap from sheet.xlsx; 1 in conflict left as it is"),
        ("update", LATER, "Changed 2 gaps from sheet.xlsx"),
    ],
)
def test_what_somebody_changed_meanwhile_is_left_or_taken_as_the_person_says(
    two: Store, tmp_path: Path, choice: sheets.OnConflict, due: dt.date, sentence: str
) -> None:
    edits = {f"{SLUG}/capacity": put(Due_date=LATER), f"{OTHER}/capacity": put(Owner="rosa")}
    path = saved(tmp_path, open_gaps(two), edits)
    move_behind(two, EARLIER)
    preview = sheets.preview(two, DANA, path, reason="late")
    assert states(preview) == {f"{SLUG}/capacity": "conflict", f"{OTHER}/capacity": "changed"}
    before = queries.head(two)
    with pytest.raises(Conflicts) as caught:
        sheets.apply(two, DANA, preview, reason="late")
    assert "Due date is 1 Dec 2026, the sheet says 14 Dec 2026; expected a choice of which is right." in str(
        caught.value
    )
    assert queries.head(two) == before
    assert sheets.apply(two, DANA, preview, on_conflict=choice, reason="late").sentence == sentence
    assert (stored(two, SLUG, "capacity").due, stored(two, OTHER, "capacity").owner) == (due, "rosa")


def test_a_row_that_only_others_changed_is_no_conflict(two: Store, tmp_path: Path) -> None:
    forms: tuple[files.SheetFormat, ...] = ("xlsx", "csv")
    for form in forms:
        path = saved(tmp_path, open_gaps(two), form=form)
        move_behind(two, EARLIER if form == "xlsx" else LATER)
        assert sheets.preview(two, DANA, path).told == []


def test_a_write_between_preview_and_storing_is_a_conflict_and_nothing_of_the_sheet_is_stored(
    two: Store, tmp_path: Path
) -> None:
    edits = {f"{SLUG}/capacity": put(Owner="rosa"), f"{OTHER}/capacity": put(Owner="rosa")}
    preview = sheets.preview(two, DANA, saved(tmp_path, open_gaps(two), edits))
    move_behind(two, EARLIER)
    before = queries.head(two)
    with pytest.raises(Conflict, match="This gap was changed by somebody else"):
        sheets.apply(two, DANA, preview, on_conflict="update", reason="late")
    assert queries.head(two) == before
    assert stored(two, OTHER, "capacity").owner == "omar"


def test_an_owner_changes_their_own_rows_and_no_others(two: Store, tmp_path: Path) -> None:
    rosa = Principal.of("rosa", {"owner"})
    path = saved(tmp_path, open_gaps(two, rosa), {f"{SLUG}/traceability": put(Due_date=EARLIER)})
    preview = sheets.preview(two, rosa, path)
    assert states(preview) == {f"{SLUG}/traceability": "changed"}
    sheets.apply(two, rosa, preview)
    assert stored(two, SLUG, "traceability").due == EARLIER

    edits = {f"{SLUG}/traceability": put(Next_action="Own"), f"{OTHER}/capacity": put(Next_action="Not own")}
    preview = sheets.preview(two, rosa, saved(tmp_path, open_gaps(two, rosa), edits))
    assert states(preview) == {f"{SLUG}/traceability": "changed", f"{OTHER}/capacity": "denied"}
    before = queries.head(two)
    with pytest.raises(Denied, match=r"row \d: rosa may not move the due dates of desk"):
        sheets.apply(two, rosa, preview)
    assert queries.head(two) == before


def test_whoever_may_only_read_sees_what_would_change_and_stores_nothing(two: Store, tmp_path: Path) -> None:
    guest = Principal.of("guest", {"viewer"})
    preview = sheets.preview(two, guest, saved(tmp_path, answers(two), {f"{SLUG}/ownership": put(Finding="x")}))
    (row,) = preview.told
    assert (row.state, row.why) == (
        "denied",
        f"guest may not answer the checklist of {SLUG}; expected a role that grants it.",
    )
    with pytest.raises(Denied):
        sheets.apply(two, guest, preview)


def test_gaps_leave_of_those_systems_only_that_a_person_may_read(two: Store, tmp_path: Path) -> None:
    guest = Principal.of("guest", {"assessor"}, {OTHER})
    assert {row[2] for row in open_gaps(two, guest).rows} == {OTHER}
    with pytest.raises(Denied):
        sheets.preview(two, guest, saved(tmp_path, open_gaps(two)))
    assert {row[2] for row in sheets.gaps(two, DANA, as_of=TODAY, systems=[SLUG]).rows} == {SLUG}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (put(Gap_ID=9_999), "there is no gap 9999; expected an id that readiness gaps lists."),
        (put(Gap_ID="x"), "'x' is not an id; expected the ID as it was."),
        (put(Gap_ID="1e30"), "'1e30' is not an id; expected the ID as it was."),
        (put(System=OTHER), f"is of capacity of {SLUG}, not of capacity of {OTHER}; expected the first four columns"),
        (put(Signal="ownership"), f"is of capacity of {SLUG}, not of ownership of {SLUG}"),
        (put(As_exported=3), "'3' is not what was exported there; expected the cell as it was."),
    ],
)
def test_an_id_that_was_changed_is_one_sentence_and_nothing_else_is_shown(
    two: Store, tmp_path: Path, change: Edit, told: str
) -> None:
    path = saved(tmp_path, open_gaps(two), {f"{SLUG}/capacity": change})
    with pytest.raises(ReadinessError) as caught:
        sheets.preview(two, DANA, path)
    assert str(caught.value).startswith("sheet.xlsx, sheet Gaps, row ")
    assert told in str(caught.value)


def test_the_id_of_another_gap_is_refused_by_what_stands_beside_it(two: Store, tmp_path: Path) -> None:
    ids = {f"{row[2]}/{row[3]}": row[0] for row in open_gaps(two).rows}
    edits = {
        f"{SLUG}/capacity": put(Gap_ID=ids[f"{OTHER}/capacity"]),
        f"{OTHER}/capacity": put(Gap_ID=ids[f"{SLUG}/capacity"]),
    }
    with pytest.raises(InputError, match=f"is of capacity of {OTHER}, not of capacity of {SLUG}|not of capacity of"):
        sheets.preview(two, DANA, saved(tmp_path, open_gaps(two), edits))


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        (put(Mark_ID="1:nothing"), NotFound, "there is no answer '1:nothing'"),
        (put(Mark_ID="77:capacity"), InputError, "the rows are of several assessments"),
        (put(System="nowhere"), NotFound, "nowhere"),
        (put(Signal="ownership"), InputError, "not of ownership"),
    ],
)
def test_an_answer_of_another_assessment_or_system_is_refused(
    two: Store, tmp_path: Path, change: Edit, error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        sheets.preview(two, DANA, saved(tmp_path, answers(two), {f"{SLUG}/capacity": change}))


def test_answers_of_an_assessment_that_is_past_are_refused(two: Store, tmp_path: Path, noon: dt.datetime) -> None:
    path = saved(tmp_path, answers(two))
    file = handed_in.whole(capacity="yes")
    file.system = System(slug=SLUG, name=SLUG)
    file.assessment = Assessment(candidate="v9", assessed_on=TODAY)
    handed_in.keep(two, handed_in.assessment(tmp_path, file, "next.toml"))
    with pytest.raises(InputError, match=f"{SLUG} v2 is an earlier assessment; expected the latest, of v9"):
        sheets.preview(two, DANA, path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (put(Answer="Partial - tighten first", Partial_holds_for=""), "a partial mark does not say what it holds for"),
        (put(Answer="perhaps"), "Answer: 'perhaps' is not a choice"),
        (put(Due_date="1999-01-01"), "Due date: 1999-01-01 cannot be meant"),
        (put(Due_date=None), "a due date cannot be taken away"),
        (put(Due_date="2090-01-01", Reason_for_a_later_date="x"), "1 Jan 2090 is more than 3 years away"),
        (put(Owner="x" * 301), "owner"),
    ],
)
def test_a_row_that_cannot_be_stored_says_why_and_keeps_all_others_out(
    two: Store, tmp_path: Path, change: Edit, told: str
) -> None:
    edits = {f"{SLUG}/capacity": change, f"{SLUG}/cohort-success": put(Finding="Seen")}
    preview = sheets.preview(two, DANA, saved(tmp_path, answers(two), edits))
    assert states(preview) == {f"{SLUG}/capacity": "refused", f"{SLUG}/cohort-success": "changed"}
    assert preview.told[0].state == "refused"
    assert told in next(row.why for row in preview.told if row.state == "refused")
    before = queries.head(two)
    with pytest.raises(InputError) as caught:
        sheets.apply(two, DANA, preview, on_conflict="update")
    assert told in str(caught.value)
    assert str(caught.value).startswith("sheet.xlsx, sheet Answers, row ")
    assert queries.head(two) == before


def test_a_gap_that_was_closed_meanwhile_is_refused(two: Store, tmp_path: Path) -> None:
    path = saved(tmp_path, open_gaps(two), {f"{SLUG}/capacity": put(Owner="rosa")})
    dossier = queries.dossier(two, SLUG)
    closed = mark("capacity", "no", owner="omar", due=DUE, action="Close it")
    marks.answer(two, DANA, SLUG, dossier.assessment.id, closed, seen=dossier.marks["capacity"].row_version)
    preview = sheets.preview(two, DANA, path)
    (row,) = preview.told
    assert row.state == "conflict"
    assert "is not a gap" in row.why
    with pytest.raises(InputError, match="is not a gap"):
        sheets.apply(two, DANA, preview, on_conflict="update")
    assert sheets.apply(two, DANA, preview, on_conflict="skip").sentence == (
        "Nothing was changed; 1 in conflict left as it is"
    )


def test_a_text_that_no_cell_can_hold_is_not_cut_off_by_a_change_beside_its_end(two: Store, tmp_path: Path) -> None:
    dossier = queries.dossier(two, SLUG)
    long = mark("capacity", "yes", evidence=["y" * 19_000, "z" * 19_000])
    marks.answer(two, DANA, SLUG, dossier.assessment.id, long, seen=dossier.marks["capacity"].row_version)
    assert sheets.preview(two, DANA, saved(tmp_path, answers(two))).told == []
    (row,) = sheets.preview(two, DANA, saved(tmp_path, answers(two), {f"{SLUG}/capacity": put(Evidence="short")})).told
    assert (row.state, row.why) == (
        "refused",
        "Evidence: the text is longer than a cell holds; expected a change of it on the page.",
    )
