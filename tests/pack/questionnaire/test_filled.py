"""The file that goes back: the same rows, four columns more, no formula and no name that stays here."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from readiness import pack
from readiness.access import Principal
from readiness.errors import Denied, InputError
from readiness.pack import questionnaire
from readiness.pack.questionnaire import Asked, frameworks
from readiness.pack.questionnaire.filled import ABOUT, ADDED
from readiness.pack.snapshot import Snapshot
from tests.pack.conftest import DAY, Desk, asking
from tests.pack.test_withholding import CANARIES, add, everywhere, named_in

ROWS = [
    ["CAIQ v4"],
    [],
    ["Question ID", "Question", "Notes"],
    ["DSP-19.1", "Where?", "=HYPERLINK(1)"],
    ["HRS-01.1", "People?", "+1"],
    ["", "Where is data processed?", "-2\n@x"],
]


def workbook(folder: Path, rows: list[list[Any]] = ROWS, change: Callable[[Any], None] | None = None) -> Path:
    made, path = Workbook(), folder / "their file.xlsx"
    sheet = made.worksheets[0]
    for row in rows:
        sheet.append([f"'{text}" if str(text).startswith(("=", "+", "-")) else text for text in row])
    if change:
        change(made)
    made.save(path)
    return path


def table(folder: Path, rows: list[list[str]] = ROWS) -> Path:
    path = folder / "their file.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def build(desk: Desk, asked: Asked, form: str = "xlsx", audience: str = "procurement", **more: Any) -> Any:
    request = asking(audience, desk.review(), draft=False)
    return questionnaire.build(desk.store, desk.by, "copilot", request, asked, as_of=DAY, form=form, **more)


def sheets(body: bytes) -> dict[str, list[list[str]]]:
    opened = load_workbook(io.BytesIO(body))
    for sheet in opened.worksheets:
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    return {
        sheet.title: [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        for sheet in opened.worksheets
    }


def lines(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def read(made: Any, form: str) -> list[list[str]]:
    return next(iter(sheets(made.body).values())) if form == "xlsx" else lines(made.body)


@pytest.mark.parametrize("form", ["xlsx", "csv"])
@pytest.mark.parametrize("write", [workbook, table])
def test_the_same_rows_come_back_in_order_with_four_columns_more(
    desk: Desk, tmp_path: Path, write: Callable[[Path], Path], form: str
) -> None:
    desk.fill()
    made = build(desk, Asked(path=write(tmp_path)), form)
    assert made.name == f"copilot_their-file_procurement_{DAY}.{form}"
    rows = read(made, form)
    assert [[text.lstrip("'").replace("\n'", "\n") for text in row[:2]] for row in rows] == [
        [*row, "", ""][:2] for row in ROWS
    ]
    assert rows[2][3:] == list(ADDED)
    assert [row[4] for row in rows[3:]] == ["stated", "not shown", "stated"]
    assert all(row[6] == str(DAY) for row in rows[3:])
    assert rows[0][3:] == rows[1][3:] == [""] * 4
    assert made.counted == "2 of 3 answered (2 stated); 1 not shown"


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_nothing_that_comes_back_would_run(desk: Desk, tmp_path: Path, form: str) -> None:
    desk.fill(lambda field: f"=cmd|'/c calc'!A1 {field}")
    made = build(desk, Asked(path=table(tmp_path)), form)
    for row in read(made, form):
        for text in row:
            assert not text.startswith(("=", "+", "-", "@", "\t")), text


def test_a_formula_stands_as_the_value_that_it_had(desk: Desk, tmp_path: Path) -> None:
    def put(made: Any) -> None:
        made.worksheets[0]["C5"] = "=1+1"  # openpyxl stores no value beside it

    desk.bare()
    rows = read(build(desk, Asked(path=workbook(tmp_path, change=put))), "xlsx")
    assert rows[4][2] == "'=1+1"


def test_sheets_without_questions_stay_and_titles_are_made_fit(desk: Desk, tmp_path: Path) -> None:
    def put(made: Any) -> None:
        made.worksheets[0].title = "Sheet"
        made.create_sheet(ABOUT).append(["theirs"])

    desk.bare()
    found = sheets(build(desk, Asked(path=workbook(tmp_path, change=put))).body)
    assert list(found) == ["Sheet", ABOUT, f"{ABOUT} 2"]
    assert found[ABOUT] == [["theirs"]]
    with pytest.raises(InputError, match="does not leave as 'csv'; expected xlsx"):
        build(desk, Asked(path=workbook(tmp_path, change=put)), "csv")


def test_the_same_question_asked_twice_gives_the_same_bytes(desk: Desk) -> None:
    desk.fill()
    first, second = (build(desk, Asked("caiq")).body for _ in range(2))
    assert first == second


def test_each_that_leaves_is_recorded_as_sent_and_a_look_is_not(desk: Desk) -> None:
    desk.fill()
    questionnaire.taken(desk.store, desk.by, "copilot", asking("procurement"), as_of=DAY)
    assert pack.sent(desk.store, desk.by, "copilot", as_of=DAY) == []
    made = build(desk, Asked("caiq"))
    (sent,) = (one.sent.record for one in pack.sent(desk.store, desk.by, "copilot", as_of=DAY))
    assert (sent.format, sent.audience) == ("questionnaire caiq as xlsx", "procurement")
    assert sent.digest == hashlib.sha256(made.body).hexdigest()


def test_a_framework_leaves_whole_and_comes_back_answered_alike(desk: Desk, tmp_path: Path) -> None:
    desk.fill()
    taken, bare = desk.take("procurement"), tmp_path / "again.csv"
    for framework in frameworks.every():
        rows = lines(questionnaire.file(questionnaire.fill(taken, questionnaire.matched(Asked(framework))), "csv"))
        assert [row[0] for row in rows[1:]] == [item.id for item in frameworks.get(framework).items]
        bare.write_text("\r\n".join(",".join(f'"{text}"' for text in row[:3]) for row in rows))
        again = questionnaire.fill(taken, questionnaire.matched(Asked(framework, bare)))
        assert lines(questionnaire.file(again, "csv")) == rows


def test_a_pick_is_answered(desk: Desk, tmp_path: Path) -> None:
    desk.fill()
    asked = Asked(path=table(tmp_path), picks={(0, 4): "buyers/VQ-06"})
    assert read(build(desk, asked), "xlsx")[4][4] == "stated"
    assert read(build(desk, Asked(path=table(tmp_path))), "xlsx")[4][4] == "not shown"


def test_whoever_may_take_no_pack_takes_no_questionnaire_and_no_file_is_read(desk: Desk, tmp_path: Path) -> None:
    desk.bare()
    nobody, request = Principal.of("v", {"copilot": {"viewer"}}), pack.Request(audience="procurement")
    with pytest.raises(Denied):
        questionnaire.build(
            desk.store, nobody, "copilot", request, Asked(path=tmp_path / "is not there.xlsx"), as_of=DAY
        )


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (Asked("soc2"), "the framework 'soc2' is not known"),
        (Asked("soc2", Path("x.csv")), "cannot be read"),
        (Asked(), "the framework '' is not known"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(desk: Desk, asked: Asked, sentence: str) -> None:
    desk.bare()
    with pytest.raises(InputError, match=sentence):
        build(desk, asked)


@pytest.fixture(scope="module")
def named(shared_desk: Desk) -> Desk:
    """Names of customers in every text of a system, under forty dimensions and in the names of files."""
    shared_desk.fill(everywhere)
    add(shared_desk, "copilot", [*CANARIES.items(), ("language", "ja")])
    return shared_desk


def leaves(taken: Snapshot, framework: str) -> str:
    """Every text of a filled framework, in both forms."""
    filled = questionnaire.fill(taken, questionnaire.matched(Asked(framework)))
    cells = [text for rows in sheets(questionnaire.file(filled, "xlsx")).values() for row in rows for text in row]
    return "\n".join([*cells, questionnaire.file(filled, "csv").decode()])


@pytest.mark.parametrize("audience", ["procurement", "security", "customer"])
def test_no_customer_is_named_in_any_spelling(named: Desk, audience: str) -> None:
    taken = named.take(audience)
    whose = {asking("customer", named.review()).customer} if audience == "customer" else set()
    for framework in frameworks.every():
        assert named_in(leaves(taken, framework)) <= whose


@pytest.mark.parametrize("audience", ["procurement", "security", "customer"])
def test_no_person_is_named(desk: Desk, audience: str) -> None:
    people = {"plan.escalation_owner": "Petra Quandt", "owners.incident_response": "Rolf Zumthor"}
    people |= {
        "approver.name": "Ines Albrecht",
        "system.owner": "Oskar Wrede",
        "card.oversight": "Oskar Wrede stops it",
    }
    desk.fill(lambda field: people.get(field, f"Plain {field}"))
    taken = desk.take(audience)
    for framework in frameworks.every():
        texts = leaves(taken, framework)
        assert not any(name in texts for name in ("Quandt", "Zumthor", "Albrecht", "Wrede"))
