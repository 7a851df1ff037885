from __future__ import annotations

from typing import Any

import pytest

from readiness.portfolio import since
from readiness.portfolio.status import EarlierVerdict
from tests.factories import standing

BLOCKED: dict[str, Any] = {"level": "blocked", "blockers": ("no rollback (16)",)}


@pytest.mark.parametrize(
    ("facts", "change", "was"),
    [
        ({"week_ago": None}, "new", ""),
        ({"week_ago": EarlierVerdict("staged", ())}, "", ""),
        ({"week_ago": EarlierVerdict("do-not-broaden", ())}, "better", "was do not broaden"),
        ({"level": "narrow", "week_ago": EarlierVerdict("staged", ())}, "worse", "was staged"),
        (BLOCKED | {"week_ago": EarlierVerdict("staged", ())}, "blocked", "was staged"),
        (BLOCKED | {"week_ago": EarlierVerdict("blocked", ("no traces (18)",))}, "blocked", ""),
        (BLOCKED | {"week_ago": EarlierVerdict("blocked", ("no rollback (16)", "no traces (18)"))}, "", ""),
    ],
)
def test_what_became_of_a_verdict_within_the_week(facts: dict[str, Any], change: str, was: str) -> None:
    status = standing(**facts)
    assert (since.change(status), since.was(status)) == (change, was)


def test_the_sentence_counts_what_changed_and_says_where_nothing_did() -> None:
    same = standing(week_ago=EarlierVerdict("staged", ()))
    better = standing(week_ago=EarlierVerdict("narrow", ()))
    blocked = standing(**BLOCKED | {"week_ago": EarlierVerdict("narrow", ())})
    assert since.sentence([]) == ""
    assert since.sentence([same]) == "Since 13 Nov 2026: no verdict changed."
    assert since.sentence([better, same, blocked, standing(), better]) == (
        "Since 13 Nov 2026: 1 newly blocked, 2 better and 1 assessed for the first time."
    )
