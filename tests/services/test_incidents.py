"""An incident is answered by evidence that is there, of the version in force, and by nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from readiness.errors import Conflict, Denied, InputError, NotFound
from readiness.model.incidents import ReportedIncident
from readiness.model.policy import Gate
from readiness.services import incidents, reviews, revisions
from readiness.store import Store, queries
from tests import factories, files
from tests.decided import DAY
from tests.factories import SLUG, TODAY
from tests.stored import CopyOf

DANA = factories.principal()
SIGNAL = "abstention"
pytestmark = pytest.mark.usefixtures("noon")


@pytest.fixture
def filled(copy_of: CopyOf, tmp_path: Path) -> Store:
    """Cases of a run beside figures and traces: a passes, b fails, c passes once of two times, d has no score."""
    store = copy_of(_filled)
    rows = [("a", 1), ("b", 0), ("c", 1), ("c", 0), ("d", "")]
    lines = ["version,workflow,case_id,metric,value"]
    lines += [
        f"{version},refund,{case},task_success,{value}" for version in ("2026.11", "2026.10") for case, value in rows
    ]
    lines += ["2026.10,refund,e,task_success,1"]
    (tmp_path / "cases.csv").write_text("\n".join(lines) + "\n", "utf-8")
    files.keep(store, tmp_path / "cases.csv")
    return store


def _filled(store: Store, folder: Path) -> None:
    files.keep(store, files.assessment(folder), files.results(folder), files.spans(folder))


def report(store: Store, **fields: Any) -> int:
    stated = {"what": "It made a carrier up", "on": TODAY, "signals": [SIGNAL], "workflow": "refund"}
    incidents.report(store, DANA, SLUG, ReportedIncident.checked(**stated | fields))
    return queries.dossier(store, SLUG).incidents[-1].id


def answer(store: Store, number: int, kind: Any, reference: str) -> str:
    return incidents.answer(store, DANA, SLUG, number, kind, reference, as_of=TODAY).sentence


def state(store: Store) -> str:
    return reviews.load(store, DANA, SLUG, as_of=TODAY).verdict.answers[SIGNAL].state


def test_an_incident_is_kept_with_its_event_and_speaks_at_once(filled: Store) -> None:
    before = state(filled)
    number = report(filled)
    assert (before != "contradicted", state(filled)) == (True, "contradicted")
    event = queries.events(filled)[0]
    assert event.sentence == f"Reported incident {number} of {SLUG}; it speaks against 1 answer"
    assert not queries.verified_facts(filled, SLUG).changed


def test_a_case_that_passed_answers_it_and_any_other_does_not(filled: Store) -> None:
    number = report(filled)
    for case, problem in (
        ("b", "did not pass"),
        ("c", "did not pass"),
        ("d", "no fresh results"),
        ("e", "no fresh results"),
    ):
        with pytest.raises(InputError, match=problem):
            answer(filled, number, "case", case)
    assert state(filled) == "contradicted"
    assert answer(filled, number, "case", " a ") == f"Answered incident {number} of {SLUG} by the test case a"
    assert state(filled) != "contradicted"
    kept = queries.incidents.one(filled, SLUG, number).answers[0].record
    assert (kept.version, bool(kept.digest)) == ("2026.11", True)
    assert not queries.verified_facts(filled, SLUG).changed


def test_a_gate_answers_only_where_it_looks_and_passes(filled: Store) -> None:
    over_all, each = (
        Gate(metric="task_success", min=0.01, max_unscored=1),
        Gate(metric="task_success", workflow="each", min=0.999),
    )
    policy = factories.policy(gates=[over_all, each])
    review = reviews.load(filled, DANA, SLUG, as_of=TODAY)
    seen = review.policy.number if review.policy else 0
    revisions.save(filled, DANA, SLUG, review.assessment_id, policy, seen=seen)
    everywhere, in_refunds = report(filled, workflow=""), report(filled)
    for number, subject, problem in (
        (everywhere, "something", "has no gate 'something'"),
        (in_refunds, over_all.subject, "does not look at where it happened"),
        (in_refunds, each.subject, "does not pass for"),
    ):
        with pytest.raises(InputError, match=problem):
            answer(filled, number, "gate", subject)
    assert "by the gate task_success" in answer(filled, everywhere, "gate", over_all.subject)


def test_a_trace_answers_once_it_is_labelled_good(filled: Store) -> None:
    review = reviews.load(filled, DANA, SLUG, as_of=TODAY)
    number = report(filled)
    good, bad = (review.path(path)[0].trace.trace_id for path in ("good", "bad"))
    with pytest.raises(InputError, match="is labelled good"):
        answer(filled, number, "trace", bad)
    answer(filled, number, "trace", good)
    assert state(filled) != "contradicted"


def test_what_is_none_is_withdrawn_with_a_reason(filled: Store) -> None:
    number = report(filled)
    with pytest.raises(InputError, match="no reason"):
        incidents.withdraw(filled, DANA, SLUG, number, " ", seen=1)
    with pytest.raises(Conflict):
        incidents.withdraw(filled, DANA, SLUG, number, "a drill", seen=4)
    assert incidents.withdraw(filled, DANA, SLUG, number, "a drill", seen=1).changed
    assert state(filled) != "contradicted"
    assert not incidents.withdraw(filled, DANA, SLUG, number, "a drill", seen=2).changed
    with pytest.raises(InputError, match="was withdrawn"):
        answer(filled, number, "case", "a")


def test_what_cannot_be_reported_is_refused(filled: Store) -> None:
    with pytest.raises(InputError, match="still to come"):
        report(filled, on=TODAY + DAY)
    with pytest.raises(InputError, match="the checklist has no signal astrology"):
        report(filled, signals=["astrology"])
    with pytest.raises(NotFound):
        answer(filled, 99, "case", "a")
    viewer = factories.principal("viewer", name="kim")
    with pytest.raises(Denied):
        incidents.report(filled, viewer, SLUG, ReportedIncident(what="x", on=TODAY, signals=[SIGNAL]))
