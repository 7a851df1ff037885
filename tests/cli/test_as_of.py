"""One day is one day for everything: what is asked of a day that is past is answered as it stood on it."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from pathlib import Path

import pytest

from readiness import clock
from readiness.review import signoff
from readiness.services import reviews, revisions, sign_offs, traces
from readiness.store import open_store, queries
from tests import factories, files
from tests.cli.conftest import Run
from tests.factories import SLUG, TODAY

DANA = factories.principal()
CASE = Path(__file__).parents[1] / "data" / "cases" / "as-of-shows-the-future"
FIRST, SECOND = CASE / "a1.toml", CASE / "a2.toml"
BETWEEN = ("--as-of", "2026-11-10")


def at(monkeypatch: pytest.MonkeyPatch, day: dt.date) -> None:
    """From now on it is noon of another day."""
    monkeypatch.setattr(clock, "now", lambda: dt.datetime.combine(day, dt.time(12), dt.UTC))


@pytest.fixture
def both(run: Run) -> None:
    """Assessed on 1 Nov and on 20 Nov, and stored on the second of these days."""
    run("import", FIRST, SECOND)


@pytest.mark.usefixtures("both")
def test_a_day_between_two_assessments_is_answered_with_the_first(run: Run) -> None:
    said = run("status", "cal-bot", "--json", *BETWEEN).json
    assert (said["assessment"]["candidate"], said["assessment"]["assessed_on"]) == ("2", "2026-11-01")
    (listed,) = run("status", "--json", *BETWEEN).json
    assert listed == said
    assert [(gap["due"], gap["slips"]) for gap in run("gaps", "--json", *BETWEEN).json] == [("2026-12-01", 0)]
    assert run("gaps", "--json", "--system", "cal-bot", *BETWEEN).json == run("gaps", "--json", *BETWEEN).json
    pack = run("pack", "cal-bot", "--for", "leadership", *BETWEEN, "--draft", "-o", "-").out
    assert "Version 2 against 1, assessed 1 Nov 2026" in pack
    assert "20 Nov 2026" not in pack.partition("Made 20 Nov 2026")[0]
    assert 'candidate = "2"' in run("export", "cal-bot", *BETWEEN).out


@pytest.mark.usefixtures("both")
def test_the_last_assessment_stands_from_its_own_day_on(run: Run) -> None:
    for day, candidate in (("2026-11-01", "2"), ("2026-11-19", "2"), ("2026-11-20", "3"), ("2027-03-01", "3")):
        assert run("status", "cal-bot", "--json", "--as-of", day).json["assessment"]["candidate"] == candidate


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    "command",
    [
        ("status", "cal-bot"),
        ("status", "cal-bot", "--json"),
        ("check", "cal-bot", "--at-least", "blocked"),
        ("pack", "cal-bot", "--for", "leadership", "-o", "-"),
        ("export", "cal-bot"),
        ("gaps", "--system", "cal-bot"),
    ],
)
def test_a_day_before_the_earliest_is_refused_with_it(run: Run, command: tuple[str, ...]) -> None:
    said = run(*command, "--as-of", "2026-10-31")
    assert (said.status, said.out) == (2, "")
    assert said.err == (
        "readiness: no assessment of cal-bot was in force on 31 Oct 2026; "
        "expected 1 Nov 2026 or later, the day of the earliest, of 2.\n"
    )


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("command", [("status",), ("status", "--json"), ("gaps",), ("gaps", "--csv")])
def test_a_day_before_every_assessment_there_is_is_refused_with_the_earliest(
    run: Run, command: tuple[str, ...]
) -> None:
    said = run(*command, "--as-of", "2026-10-31")
    assert (said.status, said.out) == (2, "")
    assert said.err == (
        "readiness: no assessment was in force on 31 Oct 2026; "
        "expected 1 Nov 2026 or later, the day of the earliest, of cal-bot 2.\n"
    )


def test_an_empty_store_is_empty_on_every_day(run: Run) -> None:
    assert run("gaps", "--json", "--as-of", "2020-01-01").json == []


def test_a_date_that_moved_after_the_day_had_not_moved(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("import", FIRST)
    (gap,) = run("gaps", "--json").json
    at(monkeypatch, dt.date(2026, 11, 24))
    run("gap", "due", gap["id"], "2027-01-15", "--reason", "The load test slipped")
    (now,) = run("gaps", "--json").json
    assert (now["due"], now["slips"]) == ("2027-01-15", 1)
    for day in ("2026-11-10", "2026-11-23"):
        for command in (("gaps",), ("gaps", "--system", "cal-bot")):
            (then,) = run(*command, "--json", "--as-of", day).json
            assert then == gap | {"days_over": 0}
    assert run("gaps", "--json", "--as-of", "2026-11-24").json == [now]


def test_a_file_that_was_stored_again_after_the_day_changes_nothing_of_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", FIRST)
    at(monkeypatch, dt.date(2026, 11, 24))
    again = tmp_path / "again.toml"
    again.write_text(
        FIRST.read_text("utf-8").replace('mark = "partial"\nholds_for = "40 a minute"', 'mark = "no"'), "utf-8"
    )
    run("import", again)
    assert run("gaps", "--json").json == []
    assert [gap["signal"] for gap in run("gaps", "--json", "--as-of", "2026-11-23").json] == ["capacity"]
    assert run("status", "cal-bot", "--json", "--as-of", "2026-11-23").json["verdict"]["score"] == 1
    assert run("status", "cal-bot", "--json").json["verdict"]["score"] == 0


def test_a_file_measured_after_the_day_has_not_been_measured(run: Run, tmp_path: Path) -> None:
    """Not even on the day before, which today alone is allowed, for zones ahead of ours."""
    toml = (CASE / "a1.toml").read_text("utf-8").replace('"2"', '"2026.11"').replace('"1"', '"2026.08"')
    stated = tmp_path / "a.toml"
    stated.write_text(toml, "utf-8")
    run("import", stated)
    run("import", files.results(tmp_path), "--measured-on", "2026-11-10")
    for day, measured in (("2026-11-09", False), ("2026-11-10", True)):
        missing = run("status", "cal-bot", "--json", "--as-of", day).json["packet"]["scorecard"]["missing"]
        assert ("no results of the candidate 2026.11" not in missing) == measured


def test_an_assessment_of_a_day_to_come_is_stored_and_not_in_force_before_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", FIRST)
    later = tmp_path / "later.toml"
    later.write_text(SECOND.read_text("utf-8").replace("2026-11-20", "2026-11-25"), "utf-8")
    assert run("import", later).out == (
        "Stored a new assessment and 22 marks of cal-bot 3 from later.toml; "
        "the due date of capacity moves from 1 Dec 2026 to 15 Jan 2027, a slip of 45 days; "
        "it is dated 25 Nov 2026 and not in force before that day.\n"
    )
    first = [("2", "2026-12-01"), ("3", "2027-01-15")]
    for day, (candidate, due) in zip((TODAY, dt.date(2026, 11, 25)), first, strict=True):
        at(monkeypatch, day)
        assert run("status", "cal-bot", "--json").json["assessment"]["candidate"] == candidate
        assert run("status").lines[0].startswith("◐ narrow")
        assert [gap["due"] for gap in run("gaps", "--json").json] == [due]


def test_a_system_whose_only_assessment_is_to_come_stands_nowhere_yet(run: Run, tmp_path: Path) -> None:
    later = tmp_path / "later.toml"
    later.write_text(SECOND.read_text("utf-8").replace("2026-11-20", "2026-11-25"), "utf-8")
    run("import", later)
    said = run("status")
    assert (said.status, said.out) == (2, "")
    assert said.err == (
        "readiness: no assessment was in force on 20 Nov 2026; "
        "expected 25 Nov 2026 or later, the day of the earliest, of cal-bot 3.\n"
    )


def test_a_rehearsal_of_tomorrow_has_not_happened(run: Run, tmp_path: Path) -> None:
    stated = tmp_path / "a.toml"
    stated.write_text(
        SECOND.read_text("utf-8")
        + '[policy.rollback]\nsteps = ["back"]\nowner = "o"\nrehearsed_on = 2026-11-21\nrehearsal = "passed"\n',
        "utf-8",
    )
    run("import", stated)
    pack = run("pack", "cal-bot", "--for", "security", "--draft", "-o", "-").out
    assert "still to come: 21 Nov 2026, in 1 day" in pack
    assert "succeeded" not in pack
    later = run("pack", "cal-bot", "--for", "security", "--as-of", "2026-11-21", "--draft", "-o", "-").out
    assert "21 Nov 2026, today, passed" in later


def test_a_policy_a_sign_off_and_a_label_of_a_later_day_are_not_there_yet(
    run: Run, db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("import", files.assessment(tmp_path), files.spans(tmp_path))
    before = run("status", SLUG, "--json").json
    exported = run("export", SLUG).out
    at(monkeypatch, dt.date(2026, 11, 24))
    with closing(open_store(f"sqlite:///{db}")) as store:
        dossier = queries.dossier(store, SLUG)
        own, (_, bad) = dossier.assessment.id, next(pair for pair in dossier.traces if pair[1].record.path == "bad")
        revisions.save(store, DANA, SLUG, own, factories.policy(stages=[]), seen=1)
        traces.label(store, DANA, SLUG, bad.id, None, "", seen=bad.row_version)
        lead = factories.principal("approver", name="quality lead")
        seen = signoff.seen(reviews.load(store, lead, SLUG, as_of=dt.date(2026, 11, 24)))
        sign_offs.sign(
            store,
            lead,
            SLUG,
            own,
            role="quality",
            decision="approve",
            comment="",
            seen=seen,
            as_of=dt.date(2026, 11, 24),
        )
    later = run("status", SLUG, "--json").json
    assert "no staged path" in later["packet"]["policy"]["missing"]
    assert later["packet"]["traces"]["missing"] == ["no bad path of 2026.11"]
    assert later["sign_offs"] != before["sign_offs"]
    assert run("status", SLUG, "--json", "--as-of", "2026-11-20").json == before
    assert run("export", SLUG, "--as-of", "2026-11-23").out == exported
