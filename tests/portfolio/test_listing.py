from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from readiness.portfolio import listing, triage
from readiness.portfolio.status import SystemStatus
from tests.factories import TODAY, standing


def day(days: int) -> dt.date:
    return TODAY + dt.timedelta(days=days)


FOUND = [
    standing(slug="claims-triage", name="Claims Triage", owner="rosa", level="blocked", target_date=day(9), score=4),
    standing(slug="desk", name="billing Desk", owner="omar", candidate="2026.12", level="narrow", target_date=day(2)),
    standing(slug="claims-intake", name="Claims Intake", owner="", level="narrow", score=2, range=(2, 40), band=None),
]


@pytest.mark.parametrize(
    ("asked", "slugs"),
    [
        ({}, "claims-triage desk claims-intake"),
        ({"level": "narrow"}, "desk claims-intake"),
        ({"owner": "rosa"}, "claims-triage"),
        ({"text": "CLAIMS"}, "claims-triage claims-intake"),
        ({"text": " intake  claims "}, "claims-intake"),
        ({"text": "2026.12"}, "desk"),
        ({"text": "rosa"}, "claims-triage"),
        ({"text": "claims", "level": "narrow"}, "claims-intake"),
        ({"text": "claims [a-z]*"}, ""),
        ({"owner": "rosa", "level": "narrow"}, ""),
    ],
)
def test_systems_are_found_by_level_owner_and_every_word(asked: dict[str, Any], slugs: str) -> None:
    assert [each.slug for each in listing.select(FOUND, **asked)] == slugs.split()


@pytest.mark.parametrize(
    ("order", "slugs"),
    [
        ("decisions first", "claims-triage claims-intake desk"),
        ("worst first", "claims-triage claims-intake desk"),
        ("target date", "desk claims-triage claims-intake"),
        ("highest score", "claims-intake claims-triage desk"),
        ("name", "desk claims-intake claims-triage"),
    ],
)
def test_systems_stand_in_the_order_that_is_asked_for(order: str, slugs: str) -> None:
    assert [each.slug for each in listing.ORDERS[order](FOUND)] == slugs.split()


@pytest.mark.parametrize("order", listing.ORDERS)
def test_systems_that_are_alike_stand_by_name(order: str) -> None:
    found = [standing(slug="b", name="Desk"), standing(slug="a", name="desk"), standing(slug="c", name="Copilot")]
    assert listing.ORDERS[order](found)[0].slug == "c"


def test_systems_of_one_name_stand_by_their_slug() -> None:
    found = [standing(slug="b", name="Desk"), standing(slug="a", name="desk"), standing(slug="c", name="DESK")]
    assert [each.slug for each in listing.ORDERS["name"](found)] == ["a", "b", "c"]


def test_of_scores_that_may_become_as_high_the_higher_one_today_comes_first() -> None:
    scores = {"a": (2, (2, 9)), "b": (5, (5, 9)), "c": (1, (1, 12))}
    found = [standing(slug=slug, score=score, range=span) for slug, (score, span) in scores.items()]
    assert [each.slug for each in listing.ORDERS["highest score"](found)] == ["c", "b", "a"]


def test_every_system_is_on_one_page_and_a_page_beyond_the_last_is_the_last() -> None:
    many: list[SystemStatus] = [standing(slug=f"s-{number}") for number in range(listing.ROWS * 2 + 3)]
    assert listing.pages(many) == 3
    assert [each for number in (1, 2, 3) for each in listing.page(many, number)] == many
    assert listing.page(many, 9) == listing.page(many, 3) == many[-3:]
    assert [listing.place(many, number, "gap") for number in (1, 9)] == ["1 to 25 of 53 gaps", "51 to 53 of 53 gaps"]
    assert (listing.pages([]), listing.pages(many[: listing.ROWS])) == (1, 1)


def test_what_needs_a_decision_comes_first_below_a_heading_of_its_own() -> None:
    calm, worst = standing(slug="calm", level="blocked"), standing(slug="worst", level="undetermined")
    soon = [standing(slug=slug, level="narrow", target_date=day(9), due=(day(12),)) for slug in ("soon", "too")]
    found = [calm, worst, *soon]
    pressing = triage.decisions(found)
    ordered = listing.in_order(found, listing.DECISIONS, pressing)
    assert [each.slug for each in ordered] == ["soon", "too", "calm", "worst"]
    told = listing.groups(ordered, pressing, listing.DECISIONS)
    assert [(group.heading, [row.status.slug for row in group.rows]) for group in told] == [
        ("Needs a decision", ["soon", "too"]),
        ("Others", ["calm", "worst"]),
    ]
    assert [row.decision is None for group in told for row in group.rows] == [False, False, True, True]


def test_in_any_other_order_all_stand_together() -> None:
    found = [standing(slug="b", name="b"), standing(slug="a", name="a", target_date=day(2), open_sign_offs=1)]
    pressing = triage.decisions(found)
    ordered = listing.in_order(found, "name", pressing)
    (group,) = listing.groups(ordered, pressing, "name")
    assert (group.heading, [row.status.slug for row in group.rows]) == ("", ["a", "b"])
    assert [bool(row.decision) for row in group.rows] == [True, False]
