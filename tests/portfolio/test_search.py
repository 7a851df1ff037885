"""One search over systems, questions, people and traces."""

from __future__ import annotations

import pytest

from readiness.model.traces import NamedTrace
from readiness.portfolio import search
from tests.factories import CHECKLIST, standing

SYSTEMS = [
    standing(slug="freight", name="Freight Support", owner="sanne@example.com"),
    standing(slug="claims", name="Claims Intake"),
]
REHEARSAL = {"system": "freight", "signal": "rollback-rehearsal"}
TRACES = [NamedTrace("claims", 7, "4bf92f35", "intake", "The wrong form was quoted")]


def found(text: str) -> list[tuple[str, str, str, dict[str, str]]]:
    hits = search.hits(text, SYSTEMS, CHECKLIST.all, "freight", ["Mia", "Noor"], TRACES if text == "form" else [])
    return [(hit.kind, hit.title, hit.page, dict(hit.asked)) for hit in hits]


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("FREIGHT support", ("System", "Freight Support", "verdict", {"system": "freight"})),
        ("sanne", ("System", "Freight Support", "verdict", {"system": "freight"})),
        (
            "rehearsal",
            ("Question", "Rollback rehearsal", "checklist", {"system": "freight", "signal": "rollback-rehearsal"}),
        ),
        ("noor", ("Person", "Noor", "gaps", {"owner": "Noor"})),
        ("form", ("Trace", "The wrong form was quoted", "traces", {"system": "claims", "trace": "7"})),
    ],
)
def test_each_kind_is_found_by_its_words_in_either_case(text: str, hit: tuple[str, str, str, dict[str, str]]) -> None:
    assert hit in found(text)


def test_every_word_must_be_held_and_no_word_finds_nothing() -> None:
    assert found("freight intake") == []
    assert found("  ") == []


def test_at_most_a_few_of_each_kind_are_shown() -> None:
    kinds = [hit[0] for hit in found("a")]
    assert kinds.count("Question") == search.MOST
