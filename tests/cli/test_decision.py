"""What was decided, on the command line; and what a check makes of a decision that lapsed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from readiness.review import signoff
from readiness.services import decisions, open_store, reviews
from tests import factories, files
from tests.cli.conftest import Run
from tests.decided import CONDITION, DAY, RISK
from tests.factories import SLUG, TODAY

LEE = factories.principal(name="lee")


@pytest.fixture
def decided(run: Run, db: Path, tmp_path: Path) -> Run:
    assert run("import", files.assessment(tmp_path), files.results(tmp_path)).status == 0
    assert run("decision", "show", SLUG).out.startswith("Not decided yet")
    with closing(open_store(f"sqlite:///{db}")) as store:
        review = reviews.load(store, LEE, SLUG, as_of=TODAY)
        decisions.decide(
            store,
            LEE,
            SLUG,
            review.assessment_id,
            outcome="conditional",
            decided_on=TODAY,
            people=["lee"],
            reasons="the pilot went well",
            conditions=[CONDITION],
            risks=[RISK | {"expires": TODAY + 20 * DAY}],
            seen=signoff.seen(review),
            as_of=TODAY,
        )
    return run


def test_a_decision_is_shown_with_its_conditions_and_one_is_met(decided: Run) -> None:
    sentence, condition, risk = decided("decision", "show", SLUG).lines
    assert sentence == "Go with 1 condition, until 30 Nov 2026, decided by lee on 20 Nov 2026."
    assert condition.split() == f"1 due 30 Nov 2026 omar: {CONDITION['what']}".split()
    assert risk.strip().startswith("risk until 10 Dec 2026, lee: ")
    told = decided("decision", "show", SLUG, "--json").json
    assert (told["state"], told["outcome"], told["conditions"][0]["met_on"]) == ("stands", "conditional", None)
    done = decided("decision", "meet", "1", "--note", "run 812")
    assert done.out == f"The condition “{CONDITION['what']}” of {SLUG} is met; note kept.\n"
    assert decided("decision", "show", SLUG, "--json").json["conditions"][0]["note"] == "run 812"
    assert "a condition that is open" in decided("decision", "meet", "1", "--note", "again").err
    assert "there is no condition 7" in decided("decision", "meet", "7", "--note", "x").err


def test_a_check_fails_from_the_day_after_a_condition_was_due(decided: Run) -> None:
    check = ("check", SLUG, "--at-least", "blocked")
    assert decided(*check, "--as-of", str(TODAY + 10 * DAY)).status == 0
    day = ("--as-of", str(TODAY + 11 * DAY))
    late = decided(*check, *day)
    assert late.status == 3
    assert any(line.startswith("decision open again: the condition ") for line in late.lines)
    assert "Decision: Open again" in decided("status", SLUG, *day).out
    assert decided(*check, *day, "--json").json["decision"]["state"] == "reopened"


def test_a_check_names_what_runs_otherwise_than_was_decided_on(decided: Run) -> None:
    check = ("check", SLUG, "--at-least", "blocked")
    assert decided(*check, "--deployed", "2026.11").status == 0
    other = decided(*check, "--deployed", "2026.10")
    assert other.status == 1
    assert "what runs differs: version 2026.10 runs, and 2026.11 was decided on" in other.lines
    assert decided(*check, "--deployed", "2026.11", "--deployed", "2026.10").status == 2
