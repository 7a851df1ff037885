"""What does not fit in a file, in words."""

from __future__ import annotations

import datetime as dt
from typing import get_args

import pytest

from readiness.decision import doubts
from readiness.model.evidence import Confirmation, Doubt, DoubtKind
from tests.factories import evidence

CONFIRMED = Confirmation(by="dana", at=dt.datetime(2026, 11, 20, tzinfo=dt.UTC), reason="the total is of last week")


def doubt(kind: DoubtKind = "total", what: str = "accuracy") -> Doubt:
    return Doubt(kind=kind, what=what, stated="0.9", counted="0.8")


@pytest.mark.parametrize(
    ("kind", "clause"),
    [
        ("total", "the file states 0.9 for accuracy, and its rows give 0.8"),
        ("renamed", "the rows name the version 0.9, and the file is imported as 0.8"),
        ("label", "accuracy stood for 0.9 before, and is imported as 0.8"),
        ("moved", "the same file was imported as 0.9 before, and is imported as 0.8"),
        ("copy", "these are the results of 0.9, since accuracy, and the file is imported as 0.8"),
        ("run", "accuracy stood under 0.9 before, and under 0.8 in this file"),
    ],
)
def test_each_doubt_tells_both_sides_of_it(kind: DoubtKind, clause: str) -> None:
    assert doubts.clause(doubt(kind)) == clause


def test_every_kind_of_doubt_has_words() -> None:
    assert all(doubts.clause(doubt(kind)) for kind in get_args(DoubtKind))


def test_of_many_doubts_the_first_are_told_and_the_rest_counted() -> None:
    many = [doubt(what=f"m{number}") for number in range(5)]
    assert doubts.clauses(many) == "; ".join([*map(doubts.clause, many[:3]), "2 more"])


def test_a_file_that_does_not_add_up_says_why_until_somebody_confirms_it() -> None:
    clause = "the file states 0.9 for accuracy, and its rows give 0.8"
    file = evidence("a.csv", doubts=[doubt()])
    assert doubts.why_silent(file) == f"do not add up (a.csv: {clause})"
    assert doubts.pending(file.doubts) == f"does not count until a person confirms it: {clause}"
    confirmed = evidence("b.csv", doubts=[doubt()], confirmed=CONFIRMED)
    assert doubts.warnings([file, confirmed, evidence("c.csv")]) == [f"a.csv {doubts.pending(file.doubts)}"]
    assert doubts.confirmation(CONFIRMED) == "confirmed by dana on 20 Nov 2026: the total is of last week"
