"""What runs is what was decided on, or every difference is named."""

from __future__ import annotations

from typing import Any

import pytest

from readiness.errors import InputError
from readiness.model.card import Component, SystemCard
from readiness.review import deployed
from readiness.review.review import Review
from tests.decided import decision, stored
from tests.factories import CANDIDATE
from tests.review.dossiers import reviewed, revision

PARTS = {"model gpt": "2025-04-14", "prompt answers": "v12"}


def review(*decisions: Any, model: str = "2025-04-14") -> Review:
    parts = [
        Component(kind="model", name="gpt", version=model),
        Component(kind="prompt", name="answers", version="v12"),
        Component(kind="tool", name="registry"),
    ]
    return reviewed(card=revision(SystemCard(components=parts)), decisions=decisions)


def compared(*given: str, of: Review | None = None) -> deployed.Compared:
    return deployed.compared(
        of or review(stored(decision(components=PARTS))), deployed.stated(given, place="--deployed")
    )


def test_the_parts_with_a_version_are_what_is_decided_on() -> None:
    assert deployed.components(review()) == PARTS
    assert deployed.components(reviewed()) == {}


def test_what_was_decided_on_runs() -> None:
    told = compared(CANDIDATE, "model=2025-04-14", "prompt answers=v12")
    assert told == deployed.Compared()
    assert compared(CANDIDATE).unknown == ("model gpt", "prompt answers")


@pytest.mark.parametrize(
    ("given", "difference"),
    [
        ("2026.10", f"version 2026.10 runs, and {CANDIDATE} was decided on"),
        ("model=2025-08-07", "model gpt 2025-08-07 runs, and 2025-04-14 was decided on"),
        ("GPT=2025-08-07", "model gpt 2025-08-07 runs, and 2025-04-14 was decided on"),
        ("index=7", "no part called index with a version was decided on; there is model gpt or prompt answers"),
    ],
)
def test_each_difference_is_named(given: str, difference: str) -> None:
    assert compared(given).differs == (difference,)


def test_the_card_of_the_day_of_the_decision_counts_and_not_what_it_says_since() -> None:
    later = review(stored(decision(components=PARTS)), model="2025-08-07")
    assert compared("model=2025-08-07", of=later).differs == (
        "model gpt 2025-08-07 runs, and 2025-04-14 was decided on",
    )
    undecided = review(model="2025-08-07")
    assert compared("model=2025-04-14", of=undecided).differs == (
        "model gpt 2025-04-14 runs, and 2025-08-07 was assessed",
    )


def test_two_parts_of_a_kind_are_told_apart_by_name() -> None:
    both = review(stored(decision(components={"model gpt": "1", "model rerank": "2"})))
    assert compared("model=1", of=both).differs[0].startswith("several parts called model")
    assert compared("rerank=2", "model gpt=1", of=both) == deployed.Compared()


@pytest.mark.parametrize("given", [("1", "2"), ("model=",), ("=1",), ("",)])
def test_what_says_nothing_is_refused(given: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        compared(*given)
