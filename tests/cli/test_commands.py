from __future__ import annotations

import csv
import datetime as dt
import io
import re
from contextlib import closing
from pathlib import Path
from typing import Any, get_args

import defusedxml.ElementTree
import pytest

from readiness import paths
from readiness.model.checklist import LEVELS, AnswerState, load
from readiness.model.policy import APPROVER_ROLES, Gate
from readiness.review import signoff
from readiness.services import reviews, sign_offs
from readiness.store import open_store
from tests import factories, files
from tests.cli.conftest import Run, content
from tests.factories import BASELINE, CANDIDATE, SLUG, TODAY

AS_OF = ("--as-of", str(TODAY))
LINK = "https://evidence.example/1"


POINTS: dict[str, dict[str, int]] = {
    "no": {"shown": 0, "attested": 0, "uncovered": 1, "not shown": 1, "contradicted": 2},
    "partial": {"shown": 1, "attested": 1, "uncovered": 1, "not shown": 1, "contradicted": 2},
    "yes": {"shown": 2, "attested": 2, "not shown": 2},
}
"""What an answer counts on evidence alone, by the table of the rules."""


# status


def test_status_says_every_verdict_worst_first(portfolio: Path, run: Run) -> None:
    said = run("status", *AS_OF)
    assert (said.status, said.err) == (0, "")
    assert [line.split("  ")[0].strip() for line in said.lines] == [
        "⛔ blocked",
        "? undetermined",
        "■ do not broaden",
        "▲ add controls",
        "● staged",
        "● staged",
    ]
    assert "freight-support" in said.lines[0]
    assert "rollback has not been rehearsed (16). The score of 3 alone would read as reasonable." in said.lines[0]


def test_status_of_one_system_is_its_line(portfolio: Path, run: Run) -> None:
    line, again = run("status", "policy-answers", *AS_OF).lines
    assert " of reruns" in again
    assert line in run("status", *AS_OF).lines
    assert re.search(r"policy-answers +score 8 +Add controls: marked 8, but \d+ on evidence alone", line)


def test_status_shows_a_score_that_is_not_final_as_a_range(portfolio: Path, run: Run) -> None:
    assert " score 10–30 " in run("status", "billing-desk", *AS_OF).out


def test_status_as_json_has_the_documented_shape(run: Run, tmp_path: Path) -> None:
    file = files.whole(rollback_rehearsal="yes", capacity="partial")
    run("import", files.assessment(tmp_path, file), *AS_OF)
    found = run("status", SLUG, "--json", "--as-of", "2026-12-05").json
    answers = found.pop("answers")
    assert [answer["signal"] for answer in answers] == list(load(paths.CHECKLISTS)["llm-rollout"].ids)
    assert {answer["state"] for answer in answers} <= set(get_args(AnswerState))
    assert next(answer for answer in answers if answer["signal"] == "data-boundary") == {
        "signal": "data-boundary",
        "mark": "no",
        "state": "attested",
        "why": f"it rests on {LINK}, and no check decides: no figure of boundary violations is stored",
    }
    evidenced = found["verdict"].pop("evidenced_score")
    assert evidenced == sum(POINTS[answer["mark"]][answer["state"]] for answer in answers[:21])
    fired = found["verdict"].pop("fired")
    assert fired[0] == {
        "rule": "override",
        "signal": "rollback-rehearsal",
        "effect": "blocked",
        "why": "rollback has not been rehearsed (16)",
    }
    assert {
        "rule": "release-rule",
        "signal": "",
        "effect": "at-best-narrow",
        "why": "1 of 1 gate does not pass: Task success at least 90 %, at most 5 points below the baseline (no data)",
    } in fired
    assert found.pop("headline").startswith("Blocked: rollback has not been rehearsed (16).")
    assert (found.pop("decision")["conditions"], found.pop("incidents"), found.pop("weeks")) == ([], [], [])
    forecast = found.pop("forecast")
    silent = [(one["by_80"], one["n"], one["why"].partition(" to forecast")[0]) for one in forecast["gaps"]]
    assert silent == [(None, 0, "too few past dates that were as late")] * 2
    assert forecast["tested"] == {"n": 0, "held": 0, "interval": None}
    assert found == {
        "system": SLUG,
        "assessment": {"candidate": CANDIDATE, "baseline": BASELINE, "scope": "", "assessed_on": str(TODAY)},
        "verdict": {
            "level": "blocked",
            "score": 3,
            "score_range": [3, 3],
            "band": "staged",
            "decided_by": "override",
            "unanswered": [],
        },
        "packet": {
            "scorecard": {
                "state": "missing",
                "missing": [f"no results of the candidate {CANDIDATE}", f"no results of the baseline {BASELINE}"],
            },
            "checklist": {"state": "complete", "missing": []},
            "traces": {
                "state": "missing",
                "missing": [f"no {path} path of {CANDIDATE}" for path in ("good", "bad", "escalation")],
            },
            "policy": {"state": "complete", "missing": []},
            "monitoring": {"state": "complete", "missing": []},
        },
        "gaps": {"open": 2, "overdue": 2},
        "warnings": [],
        "sign_offs": [
            {
                "role": role,
                "name": f"{role} lead",
                "state": "open",
                "decision": None,
                "by": None,
                "at": None,
                "comment": "",
                "since": [],
            }
            for role in APPROVER_ROLES
        ],
    }


def test_status_as_json_tells_who_signed_off_and_what_made_it_void(
    run: Run, tmp_path: Path, db: Path, noon: dt.datetime
) -> None:
    run("import", files.assessment(tmp_path, files.whole()), *AS_OF)
    lead = factories.principal("approver", name="quality lead")
    with closing(open_store(f"sqlite:///{db}")) as store:
        seen = reviews.load(store, lead, SLUG, as_of=TODAY)
        given: dict[str, Any] = {"role": "quality", "decision": "approve", "comment": "Well done"}
        sign_offs.sign(store, lead, SLUG, seen.assessment_id, **given, seen=signoff.seen(seen), as_of=TODAY)
    first = run("status", SLUG, "--json", *AS_OF).json["sign_offs"][0]
    assert first.pop("at").startswith(str(noon.date()))
    approved = {"role": "quality", "name": "quality lead", "by": "quality lead", "comment": "Well done"}
    assert first == approved | {"state": "approved", "decision": "approve", "since": []}
    run("import", files.assessment(tmp_path, files.whole(capacity="partial"), "b.toml"), *AS_OF)
    first = run("status", SLUG, "--json", *AS_OF).json["sign_offs"][0]
    assert (first["state"], first["since"]) == (
        "void",
        ["the answer on Capacity at expansion"],
    )


def test_the_band_is_null_while_marks_are_missing(portfolio: Path, run: Run) -> None:
    verdict = run("status", "billing-desk", "--json", *AS_OF).json["verdict"]
    assert (verdict["level"], verdict["score"], verdict["score_range"]) == ("undetermined", 10, [10, 30])
    assert verdict["band"] is None
    assert len(verdict["unanswered"]) == 11


def test_status_of_all_systems_as_json_is_a_list_of_the_same(portfolio: Path, run: Run) -> None:
    every = run("status", "--json", *AS_OF).json
    assert [each["system"] for each in every][::4] == ["freight-support", "claims-intake"]
    assert every == [run("status", each["system"], "--json", *AS_OF).json for each in every]


def test_an_empty_store_has_no_status_and_says_what_to_do(run: Run) -> None:
    assert run("status").out.startswith("No system is stored yet; readiness demo loads a portfolio")
    assert run("status", "--json").json == []


# check


@pytest.mark.parametrize(
    ("system", "level"),
    [
        ("claims-intake", "staged"),
        ("policy-answers", "add-controls"),
        ("customs-advisor", "do-not-broaden"),
        ("billing-desk", "undetermined"),
        ("freight-support", "blocked"),
    ],
)
def test_check_holds_for_the_level_of_the_verdict_and_every_worse_one(
    portfolio: Path, run: Run, system: str, level: str
) -> None:
    asked = {each: run("check", system, "--at-least", each, *AS_OF).status for each in LEVELS}
    refused = 3 if level == "undetermined" else 1
    assert asked == {each: refused if LEVELS.index(each) < LEVELS.index(level) else 0 for each in LEVELS}


def test_check_that_does_not_hold_names_every_rule_that_fired(portfolio: Path, run: Run) -> None:
    said = run("check", "freight-support", "--at-least", "staged", *AS_OF)
    assert said.status == 1
    assert said.lines[1].startswith("decided by the rule override-contradicted: Regression gates (14) is marked")
    assert said.lines[2] == "not signed off for quality, policy and operations"
    assert "- override: rollback has not been rehearsed (16)" in said.lines
    rule = "- release-rule: 2 of 5 gates do not pass: Task success at least 88 % in every cohort, "
    assert any(line.startswith(rule) for line in said.lines)


def test_check_on_an_assessment_that_nobody_signed_says_so_and_may_ask_for_it(portfolio: Path, run: Run) -> None:
    said = run("check", "claims-intake", "--at-least", "staged", *AS_OF)
    assert (said.status, said.lines[-1]) == (0, "not signed off for quality, policy and operations")
    assert said.lines[1].startswith("decided by the score: marked 3, ")
    asked = run("check", "claims-intake", "--at-least", "staged", "--signed", *AS_OF)
    assert (asked.status, asked.out) == (3, said.out)
    answer = run("check", "claims-intake", "--at-least", "staged", "--signed", "--json", *AS_OF).json
    assert (answer["holds"], answer["unsigned"]) == (False, ["quality", "policy", "operations"])


def test_check_follows_a_rejection(run: Run, tmp_path: Path, db: Path) -> None:
    run("import", files.assessment(tmp_path), *AS_OF)
    run("import", files.results(tmp_path), files.spans(tmp_path), "--measured-on", str(TODAY), *AS_OF)
    assert run("check", SLUG, "--at-least", "staged", *AS_OF).status == 0
    lead = factories.principal("approver", name="quality lead")
    with closing(open_store(f"sqlite:///{db}")) as store:
        review = reviews.load(store, lead, SLUG, as_of=TODAY)
        stated: dict[str, Any] = {"role": "quality", "decision": "reject", "comment": "not for ja", "as_of": TODAY}
        sign_offs.sign(store, lead, SLUG, review.assessment_id, seen=signoff.seen(review), **stated)
    said = run("check", SLUG, "--at-least", "narrow", *AS_OF)
    assert said.status == 1
    assert said.lines[1].startswith("decided by the rule rejected: quality lead rejected what is stored now, for")


@pytest.mark.parametrize(
    ("least", "status", "told"),
    [(0.91, 0, "it holds"), (0.92, 3, "not decided yet"), (0.99, 1, "it does not hold")],
)
def test_check_tells_no_from_not_decided_yet(run: Run, tmp_path: Path, least: float, status: int, told: str) -> None:
    """The figure is 93 % of 1,200 cases: sure to be 91 %, sure not to be 99 %, and neither of 92 %."""
    file = files.whole()
    file.policy = factories.policy(gates=[Gate(metric="task_success", min=least, max_regression=0.05)])
    run("import", files.assessment(tmp_path, file), files.spans(tmp_path))
    run("import", files.results(tmp_path), "--measured-on", str(TODAY))
    said = run("check", SLUG, "--at-least", "staged", "--summary-to", "-", *AS_OF)
    assert said.status == status, said.out
    assert told in said.out


def test_check_as_json_is_the_status_with_the_answer(portfolio: Path, run: Run) -> None:
    said = run("check", "freight-support", "--at-least", "narrow", "--json", *AS_OF)
    status = run("status", "freight-support", "--json", *AS_OF).json
    unsigned = ["quality", "policy", "operations"]
    held = {"holds": False, "undecided": False, "at_least": "narrow", "unsigned": unsigned}
    assert (said.status, said.json) == (1, held | {"lapsed": [], "differs": [], "unknown": []} | status)


def test_check_looks_at_the_evidence_as_it_stands_on_the_day(portfolio: Path, run: Run) -> None:
    assert run("check", "claims-intake", "--at-least", "staged", *AS_OF).status == 0
    said = run("check", "claims-intake", "--at-least", "staged", "--as-of", "2027-03-01")
    assert said.status == 1
    assert "has no fresh results" in said.out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ("check", "claims-intake", "--at-least", "best"),
            "--at-least: 'best' is not a level; expected one of staged, ",
        ),
        (("check", "nope", "--at-least", "staged"), "the system 'nope' is not in the store; expected one of billing-"),
        (("status", "nope"), "the system 'nope' is not in the store; expected one of billing-desk, claims-intake, "),
        (("gaps", "--system", "nope"), "the system 'nope' is not in the store; expected one of billing-desk"),
        (("gaps", "--csv", "--ics"), "--csv, --ics, --sheet and --json exclude one another; expected one of them."),
        (("gaps", "--json", "--csv"), "--csv, --ics, --sheet and --json exclude one another; expected one of them."),
        (("export", "nope"), "the system 'nope' is not in the store; expected one of billing-desk"),
        (("status", "--as-of", "2026-02-30"), "--as-of: '2026-02-30' is not a date; expected a date that exists, as Y"),
        (("gaps", "--as-of", "soon"), "--as-of: 'soon' is not a date; expected a date that exists, as YYYY-MM-DD."),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_with_what_would(
    portfolio: Path, run: Run, arguments: tuple[str, ...], sentence: str
) -> None:
    said = run(*arguments)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"readiness: {sentence}")


@pytest.mark.parametrize(
    "arguments", [("status", "--nope"), ("nope",), ("check", "claims-intake"), ("gap", "due", "a")]
)
def test_wrong_usage_is_exit_2_with_a_hint(run: Run, arguments: tuple[str, ...]) -> None:
    said = run(*arguments)
    assert (said.status, said.out) == (2, "")
    assert "--help' for help" in said.err


# pack


def test_a_pack_is_written_to_the_named_file(portfolio: Path, run: Run, tmp_path: Path) -> None:
    said = run("pack", "claims-intake", "--for", "leadership", "-o", tmp_path / "pack.md", *AS_OF)
    assert said.out == f"Wrote the leadership pack of claims-intake to {tmp_path / 'pack.md'}.\n"
    assert "staged" in (tmp_path / "pack.md").read_text("utf-8")


def test_a_pack_for_a_folder_names_itself(portfolio: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    run("pack", "claims-intake", "--for", "security", "--format", "html", "-o", tmp_path / "out", *AS_OF)
    (made,) = (tmp_path / "out").iterdir()
    assert made.name == "claims-intake_2026.11_security_2026-11-20.html"
    assert made.read_text("utf-8").startswith("<!doctype html>")


def test_packs_that_were_sent_are_listed_with_why_they_are_out_of_date(
    portfolio: Path, run: Run, tmp_path: Path
) -> None:
    assert run("packs", "claims-intake", *AS_OF).out == "No pack of claims-intake was sent yet.\n"
    until = ("--valid-until", str(TODAY + dt.timedelta(days=1)))
    run("pack", "claims-intake", "--for", "security", "--to", "Acme", *until, "-o", tmp_path / "a.md", *AS_OF)
    (line,) = run("packs", "claims-intake", *AS_OF).out.splitlines()
    assert "security to Acme as md, by " in line
    later = ("--as-of", str(TODAY + dt.timedelta(days=2)))
    assert "out of date: its validity ended on" in run("packs", "claims-intake", *later).out
    (told,) = run("packs", "claims-intake", "--json", *AS_OF).json
    assert (told["recipient"], told["verdict_then"], told["out_of_date"]) == ("Acme", told["verdict_now"], [])


def test_what_changed_since_a_pack_is_written_for_its_reader(portfolio: Path, run: Run, tmp_path: Path) -> None:
    run("pack", "claims-intake", "--for", "security", "--to", "Acme", "-o", tmp_path / "a.md", *AS_OF)
    path = tmp_path / "since.md"
    said = run("pack", "claims-intake", "--since", "1", "-o", path, *AS_OF)
    assert said.out == f"Wrote what changed in claims-intake since pack 1 to {path}.\n"
    assert "Recipient: Acme." in path.read_text("utf-8")
    told = run("packs", "claims-intake", *AS_OF).out
    assert "what changed since pack 1, for security to Acme" in told


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ((), "--for: no audience is named; expected --for with one of leadership"),
        (("--since", "1", "--to", "Acme"), "recipient: a pack of changes is for whom the pack was for"),
        (("--since", "7"), "claims-intake has sent no pack 7; expected one that readiness packs lists"),
    ],
)
def test_a_pack_of_nobody_or_of_two_readers_is_refused(
    portfolio: Path, run: Run, tmp_path: Path, asked: tuple[str, ...], told: str
) -> None:
    said = run("pack", "claims-intake", *asked, "-o", tmp_path / "x.md", *AS_OF)
    assert said.status == 2
    assert told in said.err
    assert not (tmp_path / "x.md").exists()


def test_a_pack_for_the_standard_output_is_all_that_is_written_there(portfolio: Path, run: Run, tmp_path: Path) -> None:
    said = run("pack", "claims-intake", "--for", "procurement", "-o", "-", "--json", *AS_OF)
    assert said.out.startswith("# ")
    assert "Wrote" not in said.out
    assert not (tmp_path / "-").exists()


def test_a_pack_as_json_says_where_the_file_is(portfolio: Path, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "pack.md"
    said = run("pack", "claims-intake", "--for", "leadership", "-o", path, "--json", *AS_OF).json
    assert said == {"file": str(path), "bytes": path.stat().st_size, "media_type": "text/markdown; charset=utf-8"}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"--for": "everybody"}, "audience: the audience 'everybody' is not known; expected one of leadership, "),
        ({"--format": "docx"}, "format: the format 'docx' is not known; expected one of md, html"),
        (
            {"-o": "nowhere/pack.md"},
            "nowhere/pack.md: the file cannot be written (No such file or directory); expected",
        ),
        ({"--as-of": "2026-13-01"}, "--as-of: '2026-13-01' is not a date; expected a date that exists"),
    ],
)
def test_a_pack_that_cannot_be_made_leaves_no_file(
    portfolio: Path, run: Run, tmp_path: Path, changed: dict[str, str], sentence: str
) -> None:
    (tmp_path / "out").mkdir()
    stated = {"--for": "leadership", "--format": "md", "-o": "out/pack.md", "--as-of": str(TODAY)} | changed
    said = run("pack", "claims-intake", *(part for pair in stated.items() for part in pair))
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith(f"readiness: {sentence}")
    assert list((tmp_path / "out").iterdir()) == []


# demo


def test_the_demo_twice_is_the_demo_once(db: Path, run: Run) -> None:
    first, stored = run("demo"), content(db)
    assert all(line.startswith("Stored ") for line in first.lines)
    second = run("demo")
    assert second.status == 0
    assert len(second.lines) == len(first.lines)
    assert all(line.endswith("nothing changed") for line in second.lines)
    assert content(db) == stored
    assert run("demo", "--json").json == {"stored": second.lines}


# gaps


def test_gaps_are_listed_with_the_earliest_due_date_first(portfolio: Path, run: Run) -> None:
    rows = run("gaps", "--json", *AS_OF).json
    assert len(rows) == 33
    dates = [row["due"] or "9999" for row in rows]
    assert dates == sorted(dates)
    said = run("gaps", *AS_OF)
    assert [int(line.split()[0]) for line in said.lines] == [row["id"] for row in rows]
    assert re.match(r" +\d+ +\d+ Oct 2026, 21 days over +customs-advisor: .* \[yes\] +\S+@example\.com$", said.lines[0])


def test_gaps_of_one_system_or_owner_are_a_part_of_all(portfolio: Path, run: Run) -> None:
    every = run("gaps", "--json", *AS_OF).json
    owner = every[0]["owner"]
    assert run("gaps", "--system", "policy-answers", "--json", *AS_OF).json == [
        row for row in every if row["system"] == "policy-answers"
    ]
    for spelling in (owner, owner.upper()):
        assert run("gaps", "--owner", spelling, "--json", *AS_OF).json == [
            row for row in every if row["owner"] == owner
        ]
    said = run("gaps", "--owner", "nobody@example.com", *AS_OF)
    assert (said.status, said.out) == (2, "")
    assert said.err.startswith("readiness: the owner 'nobody@example.com' is not in the store; expected one of ")


def test_overdue_gaps_are_those_past_their_date_on_the_day(portfolio: Path, run: Run) -> None:
    every = run("gaps", "--json", *AS_OF).json
    overdue = run("gaps", "--overdue", "--json", *AS_OF).json
    assert overdue == [row for row in every if row["due"] and row["due"] < str(TODAY)]
    assert {row["days_over"] for row in every if row not in overdue} == {0}
    for day in ("2026-06-20", "2026-08-28"):
        shown = run("gaps", "--json", "--as-of", day).json
        assert run("gaps", "--overdue", "--as-of", day, "--json").json == [row for row in shown if row["days_over"]]


def test_gaps_as_a_table_say_the_same_as_the_json(portfolio: Path, run: Run) -> None:
    rows = run("gaps", "--json", *AS_OF).json
    said = run("gaps", "--csv", *AS_OF)
    assert said.out.count("\r\n") == len(rows) + 1
    read = list(csv.DictReader(io.StringIO(said.out.removeprefix("\ufeff"), newline="")))
    assert read == [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]


def test_a_gap_whose_owner_reads_as_a_formula_is_harmless_in_a_table(run: Run, tmp_path: Path) -> None:
    gap = factories.mark("capacity", "yes", owner="=cmd|' /c calc'!A1")
    run("import", files.assessment(tmp_path, files.whole(capacity=gap)))
    (row,) = csv.DictReader(io.StringIO(run("gaps", "--csv").out.removeprefix("\ufeff")))
    assert row["owner"] == "'=cmd|' /c calc'!A1"


def test_gaps_as_a_calendar_hold_an_entry_for_each_due_date(portfolio: Path, run: Run) -> None:
    due = [row["due"].replace("-", "") for row in run("gaps", "--json", *AS_OF).json if row["due"]]
    said = run("gaps", "--ics", *AS_OF)
    assert said.out.startswith("BEGIN:VCALENDAR\r\n")
    assert re.findall(r"DTSTART;VALUE=DATE:(\d+)\r\n", said.out) == due


@pytest.mark.parametrize(("level", "holds"), [("staged", False), ("blocked", True)])
def test_check_writes_its_answer_as_junit_xml_too(
    portfolio: Path, run: Run, tmp_path: Path, level: str, holds: bool
) -> None:
    path = tmp_path / "check.xml"
    said = run("check", "freight-support", "--at-least", level, "--junit", str(path), *AS_OF)
    assert said.status == (0 if holds else 1)
    fired = run("status", "freight-support", "--json", *AS_OF).json["verdict"]["fired"]
    count = len(fired) + 1
    suite = defusedxml.ElementTree.parse(path).getroot()
    failures = 0 if holds else count
    assert (suite.tag, suite.get("tests"), suite.get("failures")) == ("testsuite", str(count), str(failures))
    names = [case.get("name") for case in suite]
    assert names[0] == f"freight-support is {level} or better"
    assert names[1:] == [f"{rule['rule']} {rule['signal']}".strip() for rule in fired]
    assert "override rollback-rehearsal" in names
    assert len(suite.findall(".//failure")) == failures


def test_check_adds_its_answer_to_the_summary_of_a_step(
    portfolio: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("check", "freight-support", "--at-least", "narrow", *AS_OF)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    refused = run(*asked, "--summary")
    assert refused.status == 2
    assert "GITHUB_STEP_SUMMARY is not set here; expected --summary-to FILE." in refused.err
    path = tmp_path / "summary.md"
    path.write_text("# Before\n", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    assert run(*asked, "--summary").status == 1
    said = path.read_text("utf-8")
    assert said.startswith("# Before\n## ")
    assert "Asked for narrow or better: it does not hold." in said
    assert run(*asked, "--summary").status == 1
    assert path.read_text("utf-8") == said + said.removeprefix("# Before\n")
    assert run(*asked, "--summary-to", "-").out.startswith("## ")
    assert run(*asked, "--summary-to", str(tmp_path)).err.startswith("readiness: ")


# argument


def test_the_argument_of_a_verdict_is_drawn_into_a_file_the_same_each_time(
    portfolio: Path, run: Run, tmp_path: Path
) -> None:
    drawn = tmp_path / "argument.svg"
    said = run("argument", "freight-support", "-o", drawn, *AS_OF)
    assert (said.status, said.lines) == (0, [f"Drew the argument of freight-support in {drawn}."])
    first = drawn.read_bytes()
    assert "Rollback has not been rehearsed" in [
        text.text for text in defusedxml.ElementTree.fromstring(first).iter() if text.text
    ]
    assert run("argument", "freight-support", "-o", drawn, "--json", *AS_OF).json["nodes"] > 20
    assert drawn.read_bytes() == first
    run("argument", "freight-support", "-o", drawn, "--all", *AS_OF)
    assert len(drawn.read_bytes()) > len(first)


def test_the_argument_of_a_system_that_is_not_there_is_refused(portfolio: Path, run: Run) -> None:
    said = run("argument", "nowhere", "-o", "x.svg")
    assert said.status == 2
    assert "nowhere" in said.err
    assert not Path("x.svg").exists()
