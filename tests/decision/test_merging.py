"""A file that is read again, against what somebody changed since."""

from __future__ import annotations

from typing import Any

import pytest

from readiness.decision.merging import LastRead, merge
from readiness.model.assessment import Mark
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
