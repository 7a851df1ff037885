"""An incident speaks against the answers it touches until evidence of the version answers it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from readiness.model.incidents import IncidentAnswer, ReportedIncident, StoredIncident, StoredIncidentAnswer
from readiness.model.policy import Gate
from readiness.review import signoff
from tests import factories
from tests.decided import DAY
from tests.factories import CANDIDATE, TODAY
from tests.review.dossiers import AT, RESULTS, measured, reviewed

SIGNAL = "abstention"


def incident(*answers: IncidentAnswer, withdrawn: str = "", **fields: Any) -> StoredIncident:
    stated = {"what": "It made a carrier up", "on": TODAY, "cohort": "language=ja", "signals": [SIGNAL]}
    given = [StoredIncidentAnswer(at, answer, "omar", AT) for at, answer in enumerate(answers)]
    return StoredIncident(1, 1, ReportedIncident.checked(**stated | fields), given, "omar", AT, withdrawn)


def state(*incidents: StoredIncident, as_of: dt.date = TODAY, **answers: Any) -> tuple[str, str]:
    standing = reviewed(answers, as_of=as_of, incidents=incidents).verdict.answers[SIGNAL]
    return standing.state, standing.why


def test_an_open_incident_contradicts_the_answers_it_touches_and_no_other() -> None:
    before, now = reviewed(), reviewed(incidents=[incident()])
    assert now.verdict.answers[SIGNAL].state == "contradicted"
    assert now.verdict.answers[SIGNAL].why == ("incident 1 of 20 Nov 2026 for language=ja is not answered yet")
    others = {signal for signal in now.verdict.answers if signal != SIGNAL}
    assert {signal: now.verdict.answers[signal] for signal in others} == {
        signal: before.verdict.answers[signal] for signal in others
    }
    assert before.verdict.answers[SIGNAL].state != "contradicted"


@pytest.mark.parametrize(("mark", "expected"), [("partial", "contradicted"), ("yes", "shown"), (None, "unanswered")])
def test_it_speaks_against_half_a_claim_too_and_shows_a_gap(mark: str | None, expected: str) -> None:
    answer = factories.mark(SIGNAL, "partial", holds_for="English") if mark == "partial" else mark
    assert state(incident(), abstention=answer)[0] == expected


def test_it_speaks_from_its_day_on_and_not_once_it_was_none() -> None:
    later = incident(on=TODAY)
    assert state(later, as_of=TODAY - DAY)[0] != "contradicted"
    assert state(later, as_of=TODAY)[0] == "contradicted"
    assert state(incident(withdrawn="it was a drill"))[0] != "contradicted"


def gate(**fields: Any) -> Gate:
    return Gate(metric="task_success", **{"min": 0.8} | fields)


def gated(asked: Gate, rate: float, *, answered_by: str = "", where: str = "language=ja") -> str:
    cells = [
        factories.cell(version, rate, metric="task_success", dimension=of, value=to, n=400)
        for version in (CANDIDATE, factories.BASELINE)
        for of, to in (("*", "*"), ("language", "ja"), ("language", "en"))
    ]
    by = IncidentAnswer(kind="gate", reference=answered_by or asked.subject)
    return measured(cells, asked, incidents=[incident(by, cohort=where)]).verdict.answers[SIGNAL].state


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        (gate(cohort="each"), True),
        (gate(cohort="language=ja"), True),
        (gate(), False),
        (gate(cohort="language=en"), False),
        (gate(cohort="each", min=0.99), False),
    ],
)
def test_a_gate_answers_where_it_looks_at_the_cohort_and_passes(asked: Gate, answers: bool) -> None:
    assert (gated(asked, 0.95) != "contradicted") is answers


def test_a_gate_that_the_policy_no_longer_has_answers_nothing_and_one_over_all_answers_what_names_no_cohort() -> None:
    assert gated(gate(cohort="each"), 0.95, answered_by="task_success for somebody") == "contradicted"
    assert gated(gate(), 0.95, where="") != "contradicted"
    assert gated(gate(cohort="each"), 0.95, where="") != "contradicted"


@pytest.mark.parametrize(
    ("fields", "answers"),
    [
        ({}, True),
        ({"version": "2026.10"}, False),
        ({"digest": "another"}, False),
    ],
)
def test_a_case_answers_for_its_version_while_its_file_counts(fields: dict[str, Any], answers: bool) -> None:
    file = factories.evidence()
    given = {"kind": "case", "reference": "case-7", "version": CANDIDATE, "digest": file.digest} | fields
    one = incident(IncidentAnswer(**given))
    assert (state(one)[0] != "contradicted") is answers
    assert state(one, as_of=TODAY + 500 * DAY)[0] == "contradicted"
    assert RESULTS in reviewed().dossier.evidence


def test_a_trace_answers_once_a_person_labelled_it_good() -> None:
    review = reviewed()
    good = review.path("good")[0].trace.trace_id
    bad = review.path("bad")[0].trace.trace_id
    for trace, answers in ((good, True), (bad, False), ("nobody", False)):
        by = IncidentAnswer(kind="trace", reference=trace, version=CANDIDATE)
        assert (state(incident(by))[0] != "contradicted") is answers


def test_whoever_signed_sees_that_an_incident_came_since() -> None:
    before = signoff.seen(reviewed())
    now = reviewed(incidents=[incident()])
    assert "incident 1 added" in signoff.changed(now, before)
    assert not [part for part in before if part.startswith("incident")]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [({"signals": []}, "signals"), ({"what": " "}, "what"), ({"cohort": "japanese"}, "names no dimension")],
)
def test_what_is_no_incident_is_refused(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(Exception, match=problem):
        incident(**fields)
