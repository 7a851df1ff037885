"""What a decision must say, and what it cannot."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from readiness.errors import InputError
from readiness.model.checklist import LEVELS
from readiness.model.decisions import RolloutDecision
from tests.decided import CONDITION, DAY, RISK, decision, stated, stored
from tests.factories import TODAY


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"outcome": "conditional"}, "a go with conditions names none"),
        ({"conditions": [CONDITION]}, "a go has conditions"),
        ({"outcome": "no-go", "conditions": [CONDITION]}, "a no-go has conditions"),
        ({"outcome": "hold", "risks": [RISK]}, "risks are accepted where nothing goes on"),
        ({"level": "blocked"}, "a go against the verdict blocked accepts no risk"),
        ({"level": "undetermined"}, "a go against the verdict undetermined accepts no risk"),
        ({"people": []}, "people"),
        ({"people": ["  "]}, "people"),
        ({"people": ["nobody", "TBD"]}, "nobody is named who decided"),
        ({"reasons": " "}, "reasons"),
        ({"decided_on": dt.date(26, 11, 20)}, "cannot be meant"),
        ({"outcome": "hold", "conditions": [CONDITION | {"due": TODAY - DAY}]}, "is due before the decision"),
        ({"risks": [RISK | {"expires": TODAY - DAY}]}, "expires before the decision"),
        ({"risks": [RISK | {"approver": "TBD"}]}, "nobody accepts the risk"),
        ({"outcome": "hold", "conditions": [CONDITION | {"owner": "none"}]}, "nobody owns the condition"),
        ({"outcome": "hold", "conditions": [CONDITION | {"due": None}]}, "due"),
        ({"dissent": [{"by": "kim", "why": ""}]}, "why"),
        ({"surely": True}, "surely"),
    ],
)
def test_what_is_no_decision_is_refused_in_one_sentence(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError) as caught:
        decision(**fields)
    assert problem in str(caught.value)
    assert "expected" in str(caught.value)


@pytest.mark.parametrize("level", LEVELS)
def test_a_go_is_against_every_verdict_that_does_not_let_it_go_ahead(level: str) -> None:
    record = decision(level=level, risks=[RISK])
    assert record.goes_on
    assert record.against is (level not in ("staged", "narrow"))
    assert not decision(outcome="hold", level=level).against


def test_what_holds_for_a_time_are_open_conditions_and_risks_the_earliest_first() -> None:
    record = decision(outcome="conditional", conditions=[CONDITION, CONDITION | {"due": TODAY + 5 * DAY}], risks=[RISK])
    assert stored(record).days == [TODAY + DAY, TODAY + 5 * DAY, TODAY + 10 * DAY]
    assert stored(record, at_1=TODAY).days == [TODAY + DAY, TODAY + 10 * DAY]


def test_a_condition_is_late_after_its_day_only_and_never_once_it_is_met() -> None:
    (condition,) = stored(decision(outcome="conditional", conditions=[CONDITION])).conditions
    assert [condition.is_late(TODAY + days * DAY) for days in (9, 10, 11)] == [False, False, True]
    (met,) = stored(decision(outcome="conditional", conditions=[CONDITION]), at_0=TODAY).conditions
    assert not met.is_late(TODAY + 99 * DAY)


def test_what_is_typed_with_blanks_around_is_kept_without_them() -> None:
    record = RolloutDecision.checked(**stated(people=[" dana "], reasons="  well  "))
    assert (record.people, record.reasons) == (["dana"], "well")
