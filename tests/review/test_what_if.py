"""The verdict as it would be; each assumption by itself and together, and nothing is stored of it."""

from __future__ import annotations

import dataclasses

import pytest

from readiness.model.cells import Cell
from readiness.model.dossier import Stored
from readiness.model.policy import Gate
from readiness.review import what_if
from readiness.review.what_if import WhatIf
from tests import factories
from tests.decided import DAY
from tests.factories import TODAY
from tests.review.dossiers import measured, reviewed

SIGNAL = "rollback-rehearsal"


def test_nothing_assumed_is_the_review_itself() -> None:
    review = reviewed()
    assert what_if.applied(review, WhatIf()) is review
    assert what_if.told(review, WhatIf()) == []


def test_a_gap_that_is_closed_is_taken_to_be_shown_as_the_lift_of_the_gap_says() -> None:
    review = reviewed({"rollback_rehearsal": "yes", "capacity": "partial"})
    (gap,) = [gap for gap in review.gaps if gap.signal.id == SIGNAL]
    then = what_if.applied(review, WhatIf(closed=frozenset({SIGNAL})))
    assert review.verdict.level == "blocked"
    assert (then.verdict.level, then.verdict.score) == (gap.closed.level, gap.closed.score)
    assert [left.signal.id for left in then.gaps] == ["capacity"]
    assert what_if.told(review, WhatIf(closed=frozenset({SIGNAL}))) == [
        "the gap Rollback rehearsal (16) closed and shown"
    ]


def bad(version: str, rate: float, cohort: str = "*") -> Cell:
    dimension, _, value = cohort.partition("=")
    return factories.cell(version, rate, metric="task_success", dimension=dimension, value=value or "*", n=400)


GATE = Gate(metric="task_success", cohort="each", min=0.8)


def test_a_cohort_that_is_out_of_scope_no_longer_fails_a_gate_and_names_no_gate() -> None:
    cells = [
        bad(version, rate, cohort)
        for version in ("2026.11", "2026.08")
        for cohort, rate in (("*", 0.9), ("language=ja", 0.5), ("language=en", 0.95))
    ]
    own = Gate(metric="task_success", cohort="language=ja", min=0.8)
    review = measured(cells, GATE, own)
    assert [gate.state for gate in review.gates] == ["fail", "fail"]
    assert what_if.cohorts(review) == ["language=en", "language=ja"]
    then = what_if.applied(review, WhatIf(left_out=frozenset({"language=ja"})))
    assert [gate.state for gate in then.gates] == ["pass"]
    assert all(row.cohort != "language=ja" for row in then.rows)
    assert any(row.cohort == "language=ja" for row in review.rows)


def test_another_threshold_is_judged_like_every_gate() -> None:
    review = measured([bad("2026.11", 0.9), bad("2026.08", 0.9)], Gate(metric="task_success", min=0.95))
    (gate,) = review.gates
    assert gate.state == "fail"
    change = WhatIf(gates={0: Gate(metric="task_success", min=0.8)})
    (lower,) = what_if.applied(review, change).gates
    assert lower.state == "pass"
    assert what_if.told(review, change) == ["Task success at least 80 %"]


def test_dates_move_what_is_late_and_never_the_verdict() -> None:
    target = TODAY + 20 * DAY
    review = reviewed({"capacity": "partial"}, assessment=Stored(4, 1, factories.assessment(target_date=target)))
    gap = review.gaps[0]
    assert gap.mark.due
    later = what_if.applied(review, WhatIf(dues={"capacity": target + DAY}))
    assert "1 gap" in later.after_rollout
    assert what_if.applied(later, WhatIf(target=target + 30 * DAY)).after_rollout == ""
    assert later.verdict == review.verdict


@pytest.mark.parametrize("change", [WhatIf(closed=frozenset({SIGNAL})), WhatIf(left_out=frozenset({"language=ja"}))])
def test_what_it_is_asked_of_stays_as_it_was(change: WhatIf) -> None:
    review = reviewed({"rollback_rehearsal": "yes"})
    before = dataclasses.replace(review)
    what_if.applied(review, change)
    assert review == before
