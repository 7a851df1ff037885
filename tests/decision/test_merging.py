"""A file that is read again, against what somebody changed since."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from readiness.decision.merging import LastRead, merge
from readiness.model.assessment import Mark
from readiness.model.monitoring import MonitoringPlan
from readiness.model.policy import Rollback
from tests import factories

FIRST = Mark(signal="capacity", mark="yes", owner="anna", note="first")


def changed(**fields: Any) -> Mark:
    return Mark(**FIRST.model_dump() | fields)


@pytest.mark.parametrize(
    ("stored", "said", "left", "file", "kept", "taken", "fields"),
    [
        (FIRST, FIRST, FIRST, FIRST, FIRST, FIRST, []),
        (FIRST, FIRST, FIRST, changed(note="file"), changed(note="file"), changed(note="file"), []),
        (changed(note="theirs"), FIRST, FIRST, FIRST, changed(note="theirs"), FIRST, ["note"]),
        (changed(note="both"), FIRST, FIRST, changed(note="both"), changed(note="both"), changed(note="both"), []),
        (
            changed(note="theirs"),
            FIRST,
            FIRST,
            changed(note="file", owner="rosa"),
            changed(note="theirs", owner="rosa"),
            changed(note="file", owner="rosa"),
            ["note"],
        ),
        (changed(note="kept"), FIRST, changed(note="kept"), FIRST, changed(note="kept"), changed(note="kept"), []),
        (
            changed(note="kept"),
            FIRST,
            changed(note="kept"),
            changed(note="new"),
            changed(note="new"),
            changed(note="new"),
            [],
        ),
    ],
)
def test_a_field_is_a_conflict_where_somebody_changed_it_to_another_value_than_the_files(
    stored: Mark, said: Mark, left: Mark, file: Mark, kept: Mark, taken: Mark, fields: list[str]
) -> None:
    for take, expected in ((False, kept), (True, taken)):
        merged = merge(stored, LastRead(said, left), file, place="marks.capacity", take=take)
        assert merged.record == expected
        assert [conflict.place for conflict in merged.conflicts] == [f"marks.capacity.{name}" for name in fields]


def test_fields_that_make_no_sense_together_are_those_of_one_of_the_two() -> None:
    stored, file = changed(mark="no"), changed(critical=True, critical_reason="tenants")
    assert merge(stored, LastRead(FIRST, FIRST), file, place="m", take=False).record == stored
    assert merge(stored, LastRead(FIRST, FIRST), file, place="m", take=True).record == file


def test_of_a_policy_it_is_told_what_each_changed() -> None:
    before = factories.policy()
    theirs = factories.policy(stages=[])
    file = factories.policy(rollback=Rollback(steps=["Route back"]), stages=[*before.stages, *before.stages])
    merged = merge(theirs, LastRead(before, before), file, place="policy", take=False)
    (conflict,) = merged.conflicts
    assert conflict.place == "policy.stages"
    assert "Stage canary removed; Stage all removed in the store, Stage canary (2) added" in conflict.problem
    assert (merged.record.stages, merged.record.rollback) == ([], file.rollback)


@pytest.mark.parametrize(
    ("theirs", "mine", "told"),
    [
        ({"note": "ours"}, {"note": "yours"}, "“ours” in the store, “yours” in the file"),
        ({"note": ""}, {"note": "yours"}, "nothing in the store, “yours” in the file"),
        ({"note": "a\n  b"}, {"note": ""}, "“a b” in the store, nothing in the file"),
        ({"note": "x" * 120}, {"note": "y" * 121}, f"“{'x' * 120}” in the store, “{'y' * 120}…” in the file"),
        ({"evidence": ["a", "b"]}, {"evidence": ["c"]}, "“a; b” in the store, “c” in the file"),
        (
            {"due": factories.TODAY},
            {"due": dt.date(2027, 1, 2)},
            "20 Nov 2026 in the store, 2 Jan 2027 in the file",
        ),
        (
            {"critical": True, "critical_reason": "board"},
            {"critical_reason": "regulator"},
            "“board” in the store, “regulator” in the file",
        ),
    ],
)
def test_a_conflict_tells_what_both_say(theirs: dict[str, Any], mine: dict[str, Any], told: str) -> None:
    merged = merge(changed(**theirs), LastRead(FIRST, FIRST), changed(**mine), place="marks.capacity", take=False)
    conflict = merged.conflicts[-1]
    name = next(name for name in reversed(list(mine)))
    assert conflict.problem == f"somebody changed this since the file was last read: {told}"
    assert (conflict.place, list(conflict.theirs)) == (f"marks.capacity.{name}", [f"marks.capacity.{name}"])
    assert conflict.theirs[conflict.place] == told.partition(" in the store")[0]
    assert conflict.expected == "a choice, to keep what is stored or to take the file (--on-conflict keep or take)"


def test_a_yes_or_no_is_told_as_such() -> None:
    raised = {"mark": "yes", "critical": True, "critical_reason": "board"}
    left = changed(mark="yes", note="left")
    (first, *_) = merge(changed(**raised), LastRead(left, left), changed(mark="yes"), place="m", take=False).conflicts
    assert first.place == "m.critical"
    assert first.problem.endswith(": yes in the store, no in the file")


@pytest.mark.parametrize(
    ("theirs", "mine", "told"),
    [
        (None, dt.date(2027, 1, 2), "nothing in the store, 2 Jan 2027 in the file"),
        (dt.date(2027, 1, 2), None, "2 Jan 2027 in the store, nothing in the file"),
    ],
)
def test_a_date_that_was_taken_away_is_told_as_nothing(theirs: dt.date | None, mine: dt.date | None, told: str) -> None:
    left = changed(due=factories.TODAY)
    merged = merge(changed(due=theirs), LastRead(left, left), changed(due=mine), place="m", take=False)
    assert [(each.place, each.problem.rpartition(": ")[2]) for each in merged.conflicts] == [("m.due", told)]


def test_what_only_one_side_changed_is_taken_from_both() -> None:
    plan, file = MonitoringPlan(by_cohort=True), MonitoringPlan(review_cadence="weekly")
    kept = merge(plan, LastRead(MonitoringPlan(), plan), file, place="p", take=False)
    assert (kept.record.by_cohort, kept.record.review_cadence, kept.conflicts) == (True, "weekly", ())


def test_of_a_plan_that_only_one_side_changed_nothing_is_a_conflict_and_of_both_what_each_changed() -> None:
    left = factories.monitoring()
    theirs, mine = (
        left.model_copy(update={"review_cadence": "daily"}),
        left.model_copy(update={"review_cadence": "monthly"}),
    )
    (conflict,) = merge(theirs, LastRead(left, left), mine, place="monitoring", take=False).conflicts
    assert conflict.place == "monitoring.review_cadence"
    assert "daily" in str(conflict.theirs["monitoring.review_cadence"])
    assert "monthly" in conflict.problem
    (other,) = merge(theirs, LastRead(mine, left), left, place="monitoring", take=False).conflicts
    assert other.problem.endswith("in the store, as it was in the file")
