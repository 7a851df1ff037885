"""Due dates: which can be one, and that none moves later unseen, whichever way it comes in."""

from __future__ import annotations

from pathlib import Path

import pytest

from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import ReleasePolicy
from readiness.services import marks, revisions
from readiness.store import open_store, queries
from tests import factories
from tests.cli.conftest import Run, content

CASES = Path(__file__).parents[1] / "data" / "cases"
FIRST, SECOND = (CASES / "as-of-shows-the-future" / name for name in ("a1.toml", "a2.toml"))
TYPO = CASES / "due-year-typo" / "sys2.toml"
OVERWRITE = CASES / "import-reverts-a-moved-date" / "overwrite.toml"


def again(folder: Path, *changes: tuple[str, str], source: Path = OVERWRITE, name: str = "again.toml") -> Path:
    """The file as a pipeline reads it next: with another comment, and changed."""
    text = f"# read again\n{source.read_text('utf-8')}"
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def moves(db: Path, number: int) -> list[tuple[str, str, str]]:
    """From when to when, and why."""
    store = open_store(f"sqlite:///{db}")
    slug, _ = queries.gap_owner(store, number)
    kept = queries.dossier(store, slug).moves.get(number, ())
    store.close()
    return [(str(move.before), str(move.after), move.reason) for move in kept]


# Dates that can be one


@pytest.mark.parametrize(
    ("date", "problem"),
    [
        ("1026-11-05", "5 Nov 1026 is before the assessment of 20 Nov 2026"),
        ("2026-11-19", "19 Nov 2026 is before the assessment of 20 Nov 2026"),
        ("2029-12-16", "16 Dec 2029 is more than 3 years away"),
        ("9999-12-31", "31 Dec 9999 is more than 3 years away"),
    ],
)
def test_a_date_before_the_assessment_or_years_away_is_refused(run: Run, db: Path, date: str, problem: str) -> None:
    assert run("import", TYPO).status == 0
    before = content(db)
    said = run("gap", "due", 1, date, "--reason", "x")
    assert (said.status, said.out) == (2, "")
    assert said.err == (f"readiness: due date: {problem}; expected a date from 20 Nov 2026 to 15 Dec 2029.\n")
    assert content(db) == before


@pytest.mark.parametrize("date", ["2026-11-20", "2029-12-15"])
def test_the_first_and_the_last_day_that_can_be_one_are_stored(run: Run, date: str) -> None:
    run("import", TYPO)
    assert run("gap", "due", 1, date, "--reason", "x").status == 0


@pytest.mark.parametrize("year", ["2006", "2025", "2096"])
def test_a_file_with_such_a_date_is_refused_and_so_are_those_beside_it(
    run: Run, db: Path, tmp_path: Path, year: str
) -> None:
    before = content(db)
    file = again(tmp_path, ("due = 2026-12-01", f"due = {year}-12-01"), source=TYPO)
    for dry in ((), ("--dry-run",)):
        said = run("import", FIRST, file, *dry)
        assert (said.status, said.out) == (2, "")
        assert said.err.startswith(f"readiness: again.toml, marks.abstention.due: 1 Dec {year} is ")
        assert said.err.endswith("expected a date from 20 Nov 2026 to 15 Dec 2029.\n")
    assert content(db) == before


def test_a_file_that_is_read_again_with_such_a_date_is_refused(run: Run, db: Path, tmp_path: Path) -> None:
    run("import", OVERWRITE)
    before = content(db)
    for due in ("2006-12-01", "2026-11-19"):
        said = run("import", again(tmp_path, ("2026-12-01", due)))
        assert (said.status, said.out) == (2, "")
        assert "is before the assessment of 20 Nov 2026" in said.err
    assert content(db) == before


def test_a_gap_that_was_overdue_for_long_is_carried_over_within_one_command(run: Run, tmp_path: Path) -> None:
    first = again(tmp_path, ("2026-11-20", "2026-01-20"), ("2026-12-01", "2026-02-01"), name="first.toml")
    second = again(tmp_path, ("2026-12-01", "2026-02-01"), name="second.toml")
    assert run("import", second).status == 2
    assert run("import", first, second).status == 0
    assert [(gap["due"], gap["slips"]) for gap in run("gaps", "--json").json] == [("2026-02-01", 0)]


# Superseded assessments


def test_a_gap_of_an_earlier_assessment_is_refused_with_the_one_that_is_open_now(run: Run, db: Path) -> None:
    run("import", FIRST)
    (old,) = run("gaps", "--json").json
    run("import", SECOND)
    (now,) = run("gaps", "--json").json
    before = content(db)
    said = run("gap", "due", old["id"], "2027-03-01", "--reason", "x")
    assert (said.status, said.out) == (2, "")
    assert said.err == (
        f"readiness: gap {old['id']} is of an earlier assessment of cal-bot, of 1 Nov 2026; "
        f"expected {now['id']}, the gap of capacity that is open now.\n"
    )
    assert content(db) == before
    assert run("gap", "due", now["id"], "2027-03-01", "--reason", "x").status == 0


def test_a_file_of_an_earlier_assessment_changes_none_of_its_answers(run: Run, db: Path, tmp_path: Path) -> None:
    run("import", FIRST, SECOND)
    before = content(db)
    said = run("import", again(tmp_path, ("2026-12-01", "2027-06-01"), source=FIRST))
    assert (said.status, said.out) == (2, "")
    assert said.err == (
        "readiness: again.toml: cal-bot 2 is an earlier assessment, of 1 Nov 2026; "
        "expected a file of the latest, of 3, or the file as it was.\n"
    )
    assert content(db) == before
    assert run("import", again(tmp_path, source=FIRST)).status == 0


@pytest.mark.parametrize(
    "change",
    [('scope = "EU"', 'scope = "everybody"'), ("name = 'Cal Bot'", "name = 'Other'")],
    ids=["assessment", "system"],
)
def test_a_file_of_an_earlier_assessment_changes_neither_what_it_was_nor_its_system(
    run: Run, db: Path, tmp_path: Path, change: tuple[str, str]
) -> None:
    run("import", FIRST, SECOND)
    before = content(db)
    said = run("import", again(tmp_path, change, source=FIRST))
    assert (said.status, said.out) == (2, "")
    assert "cal-bot 2 is an earlier assessment, of 1 Nov 2026; expected a file of the latest" in said.err
    assert content(db) == before


def test_a_file_of_an_earlier_assessment_takes_back_nothing_that_a_later_one_says_of_the_system(
    run: Run, db: Path, tmp_path: Path
) -> None:
    run("import", FIRST)
    run("import", again(tmp_path, ("name = 'Cal Bot'", "name = 'Other'"), source=SECOND))
    before = content(db)["system"]
    assert run("import", again(tmp_path, source=FIRST)).status == 0
    assert content(db)["system"] == before


# Slips


def test_a_gap_that_is_still_open_and_due_later_in_the_next_assessment_is_a_slip(run: Run, db: Path) -> None:
    said = run("import", FIRST, SECOND)
    assert said.lines[1] == (
        "Stored a new assessment and 22 marks of cal-bot 3 from a2.toml; "
        "the due date of capacity moves from 1 Dec 2026 to 15 Jan 2027, a slip of 45 days."
    )
    (gap,) = run("gaps", "--json").json
    assert (gap["due"], gap["slips"]) == ("2027-01-15", 1)
    assert moves(db, gap["id"]) == [("2026-12-01", "2027-01-15", "in the assessment of 20 Nov 2026")]


def test_a_gap_that_the_next_assessment_names_in_a_second_reading_is_a_slip_too(
    run: Run, db: Path, tmp_path: Path
) -> None:
    run("import", FIRST)
    text = SECOND.read_text("utf-8")
    start = text.index("[marks.capacity]")
    end = text.index("[", start + 1)
    path = tmp_path / "first.toml"
    path.write_text(text[:start] + text[end:], "utf-8")
    run("import", path)
    said = run("import", SECOND)
    assert "the due date of capacity moves from 1 Dec 2026 to 15 Jan 2027, a slip of 45 days" in said.out
    (gap,) = run("gaps", "--json").json
    assert gap["slips"] == 1
    assert moves(db, gap["id"]) == [("2026-12-01", "2027-01-15", "in the assessment of 20 Nov 2026")]


def test_a_gap_whose_date_the_next_assessment_left_out_goes_later_with_a_reason_only(
    run: Run, db: Path, tmp_path: Path
) -> None:
    run("import", FIRST)
    run("import", again(tmp_path, ("due = 2027-01-15\n", ""), source=SECOND))
    (gap,) = run("gaps", "--json").json
    said = run("gap", "due", gap["id"], "2027-01-15")
    assert said.status == 2
    assert "moving the due date from 1 Dec 2026 to 15 Jan 2027 has no reason" in said.err
    assert run("gap", "due", gap["id"], "2027-01-15", "--reason", "the vendor is late").status == 0
    assert moves(db, gap["id"]) == [("2026-12-01", "2027-01-15", "the vendor is late")]


def test_the_order_in_which_files_are_named_hides_no_slip(run: Run) -> None:
    assert "from a1.toml" in run("import", SECOND, FIRST).lines[0]
    assert [gap["slips"] for gap in run("gaps", "--json").json] == [1]


def test_a_file_that_moves_a_date_later_says_so_and_keeps_where_it_came_from(
    run: Run, db: Path, tmp_path: Path
) -> None:
    run("import", OVERWRITE)
    said = run("import", again(tmp_path, ("2026-12-01", "2027-12-01")))
    assert said.out == (
        "Stored 1 mark of s 2 from again.toml; "
        "the due date of tool-failure moves from 1 Dec 2026 to 1 Dec 2027, a slip of 365 days.\n"
    )
    (gap,) = run("gaps", "--json").json
    assert gap["slips"] == 1
    assert moves(db, gap["id"]) == [("2026-12-01", "2027-12-01", "in the file again.toml")]


# Conflicts


@pytest.fixture
def moved(run: Run) -> int:
    """The file is stored, and somebody moved its date since."""
    run("import", OVERWRITE)
    (gap,) = run("gaps", "--json").json
    run("gap", "due", gap["id"], "2027-02-01", "--reason", "the vendor is late")
    return int(gap["id"])


CONFLICT = (
    "readiness: again.toml, marks.tool-failure.due: somebody changed this since the file was last read: "
    "1 Feb 2027 in the store, {} in the file; "
    "expected a choice, to keep what is stored or to take the file (--on-conflict keep or take).\n"
)


@pytest.mark.parametrize("due", ["2026-12-01", "2026-12-08", "2027-12-01"])
@pytest.mark.parametrize("choice", [(), ("--on-conflict", "stop"), ("--dry-run",)])
def test_what_somebody_changed_since_the_file_was_read_is_shown_and_nothing_is_stored(
    run: Run, db: Path, tmp_path: Path, moved: int, due: str, choice: tuple[str, ...]
) -> None:
    before = content(db)
    said = run("import", again(tmp_path, ("2026-12-01", due)), *choice)
    said_day = {"2026-12-01": "1 Dec 2026", "2026-12-08": "8 Dec 2026", "2027-12-01": "1 Dec 2027"}[due]
    assert (said.status, said.out, said.err) == (2, "", CONFLICT.format(said_day))
    assert content(db) == before


def test_kept_is_what_somebody_changed_and_the_rest_comes_from_the_file(run: Run, tmp_path: Path, moved: int) -> None:
    file = again(tmp_path, ('action = "fix"', 'action = "fix it"'))
    assert run("import", file, "--on-conflict", "keep").out == (
        "Stored 1 mark of s 2 from again.toml; kept as stored: marks.tool-failure.due.\n"
    )
    (gap,) = run("gaps", "--json").json
    assert (gap["due"], gap["action"], gap["slips"]) == ("2027-02-01", "fix it", 1)


def test_what_was_kept_once_is_not_asked_again_until_somebody_changes_it_again(
    run: Run, db: Path, tmp_path: Path, moved: int
) -> None:
    run("import", again(tmp_path), "--on-conflict", "keep")
    before = content(db)["event"]
    file = again(tmp_path, ("# read again", "# and again"))
    assert run("import", file).out == (
        "again.toml states what is stored already; kept as stored: marks.tool-failure.due; nothing changed.\n"
    )
    assert content(db)["event"] == before
    run("gap", "due", moved, "2027-03-01", "--reason", "later still")
    assert run("import", again(tmp_path, ("# read again", "# once more"))).status == 2


def test_taken_is_what_the_file_says_and_a_later_date_keeps_the_file_as_its_reason(
    run: Run, db: Path, tmp_path: Path, moved: int
) -> None:
    run("import", again(tmp_path, ("2026-12-01", "2027-12-01")), "--on-conflict", "take")
    (gap,) = run("gaps", "--json").json
    assert (gap["due"], gap["slips"]) == ("2027-12-01", 2)
    assert moves(db, moved)[-1] == ("2027-02-01", "2027-12-01", "in the file again.toml")


def test_a_file_that_says_what_somebody_stored_is_no_conflict(run: Run, tmp_path: Path, moved: int) -> None:
    assert run("import", again(tmp_path, ("2026-12-01", "2027-02-01"))).status == 0
    assert run("import", again(tmp_path, ("2026-12-01", "2026-12-20"))).status == 0
    (gap,) = run("gaps", "--json").json
    assert (gap["due"], gap["slips"]) == ("2026-12-20", 1)


def test_a_choice_that_there_is_not_is_refused(run: Run, db: Path) -> None:
    before = content(db)
    said = run("import", OVERWRITE, "--on-conflict", "merge")
    assert (said.status, said.out) == (2, "")
    assert said.err == "readiness: --on-conflict: 'merge' is not a choice; expected stop, keep or take.\n"
    assert content(db) == before


def test_each_thing_that_somebody_changed_is_a_sentence_of_its_own_policy_and_plan_among_them(
    run: Run, db: Path, tmp_path: Path
) -> None:
    policy = '[[policy.stages]]\nname = "canary"\nshare = 0.05\n[monitoring]\nreview_cadence = "weekly"\n'
    file = tmp_path / "again.toml"
    file.write_text(OVERWRITE.read_text("utf-8") + policy, "utf-8")
    run("import", file)
    store, by = open_store(f"sqlite:///{db}"), factories.principal()
    own = queries.dossier(store, "s").assessment.id
    for document in (ReleasePolicy(), MonitoringPlan(review_cadence="daily")):
        revisions.save(store, by, "s", own, document, seen=1)
    answered = queries.dossier(store, "s").marks["tool-failure"]
    marks.answer(store, by, "s", own, answered.record.model_copy(update={"owner": "rosa", "note": "asked"}), seen=1)
    store.close()
    again(tmp_path, source=file)
    said = run("import", file)
    assert (said.status, said.out) == (2, "")
    places = [line.split(": ")[1] for line in said.err.splitlines()]
    assert places == [
        f"again.toml, {place}"
        for place in (
            "marks.tool-failure.note",
            "marks.tool-failure.owner",
            "policy.stages",
            "monitoring.review_cadence",
        )
    ]
    assert "Stage canary removed in the store, as it was in the file" in said.err
    assert run("import", file, "--on-conflict", "take").out == (
        "Stored 1 mark, the release policy and the monitoring plan of s 2 from again.toml.\n"
    )


# Dates that moved from one assessment to the next

DATED = """format = "readiness-assessment/1"
[system]
slug = "order-bot"
name = "Order Bot"
[assessment]
candidate = "{candidate}"
assessed_on = {assessed}
[marks.capacity]
mark = "yes"
owner = "omar"
due = {due}
"""
STATED = {
    "one": ("1", "2026-09-01", "2026-10-01"),
    "two": ("2", "2026-10-05", "2026-11-10"),
    "three": ("3", "2026-11-18", "2026-12-20"),
}


@pytest.mark.parametrize(
    "order", [("one", "two", "three"), ("three", "two", "one"), ("one", "three", "two"), ("two", "three", "one")]
)
def test_a_date_slipped_as_often_as_its_assessments_say_in_whatever_order_they_were_stored(
    run: Run, db: Path, tmp_path: Path, order: tuple[str, ...]
) -> None:
    for name in order:
        candidate, assessed, due = STATED[name]
        path = tmp_path / f"{name}.toml"
        path.write_text(DATED.format(candidate=candidate, assessed=assessed, due=due))
        assert run("import", path).status == 0
    gap = run("gaps", "--json").json[0]
    assert (gap["due"], gap["slips"]) == ("2026-12-20", 2)
    assert moves(db, gap["id"]) == [
        ("2026-10-01", "2026-11-10", "in the assessment of 5 Oct 2026"),
        ("2026-11-10", "2026-12-20", "in the assessment of 18 Nov 2026"),
    ]
    earlier = run("gaps", "--json", "--as-of", "2026-10-20").json
    assert [(one["due"], one["slips"]) for one in earlier] == [("2026-11-10", 1)]
