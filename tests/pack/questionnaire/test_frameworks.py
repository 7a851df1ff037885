"""The frameworks as data: every fact that is named is there, and every signal and fact of the card is used."""

from __future__ import annotations

import re

import pytest

from readiness.errors import InputError
from readiness.importers.sheets.questions import AskedSheet
from readiness.model import card
from readiness.model.checklist import Checklist
from readiness.pack.questionnaire import facts, frameworks, matching
from readiness.pack.questionnaire.frameworks import Framework, FrameworkItem

UNUSED: set[str] = set()
"""Facts that no framework asks for, on purpose."""
SHAPES = {
    "caiq": r"(A&A|AIS|BCR|CCC|CEK|DCS|DSP|GRC|HRS|IAM|IPY|IVS|LOG|SEF|STA|TVM|UEM)-\d\d\.\d",
    "aicm": r"(A&A|AIS|BCR|CCC|CEK|DCS|DSP|GRC|HRS|IAM|IPY|I&S|LOG|MDS|SEF|STA|TVM|UEM)-\d\d",
    "nist-ai-rmf": r"(GOVERN|MAP|MEASURE|MANAGE) \d\.\d{1,2}",
    "iso-42001": r"A\.(10|[2-9])(\.[12])?\.\d",
    "eu-ai-act-annex-iv": r"IV\.[1-9](\([a-h]\))?",
    "buyers": r"VQ-\d\d",
}
SUBCATEGORIES = {"GOVERN": (7, 3, 2, 3, 2, 2), "MAP": (6, 3, 5, 2, 2), "MEASURE": (3, 13, 3, 3), "MANAGE": (4, 4, 2, 3)}
"""How many subcategories each category of the NIST AI RMF 1.0 has."""
CONTROLS = {"A.2": 3, "A.3": 2, "A.4": 5, "A.5": 4, "A.6.1": 2, "A.6.2": 7, "A.7": 5, "A.8": 4, "A.9": 3, "A.10": 3}
"""How many controls ISO/IEC 42001 has below each of these; the first has the number 2, but for A.6.2.2 and A.6.1.2."""
ITEMS = [(framework, item) for framework in frameworks.every().values() for item in framework.items]


@pytest.mark.parametrize("framework", SHAPES)
def test_ids_have_the_shape_of_their_framework(framework: str) -> None:
    assert set(SHAPES) == set(frameworks.every())
    for item in frameworks.get(framework).items:
        assert re.fullmatch(SHAPES[framework], item.id), item.id


def test_every_subcategory_of_nist_is_one_that_there_is() -> None:
    for item in frameworks.get("nist-ai-rmf").items:
        function, _, number = item.id.partition(" ")
        category, _, below = number.partition(".")
        assert 1 <= int(below) <= SUBCATEGORIES[function][int(category) - 1], item.id
        assert item.group.upper() == function


def test_every_control_of_iso_42001_is_one_that_there_is() -> None:
    for item in frameworks.get("iso-42001").items:
        above, _, number = item.id.rpartition(".")
        assert 2 <= int(number) <= CONTROLS[above] + 1, item.id


def test_every_fact_that_is_asked_for_is_there_and_every_one_that_is_there_is_asked_for() -> None:
    asked = {fact for _, item in ITEMS for fact in item.answered_by}
    assert asked - facts.every().keys() == set()
    assert facts.every().keys() - asked == UNUSED


def test_every_signal_and_every_fact_of_the_card_is_a_fact(checklist: Checklist) -> None:
    wanted = {f"signal:{signal}" for signal in checklist.ids} | {f"card:{fact.id}" for fact in card.FACTS}
    assert wanted <= facts.every().keys()


@pytest.mark.parametrize("framework", [name for name in SHAPES if name != "caiq"])
def test_each_framework_but_the_narrow_one_asks_for_most_signals(framework: str) -> None:
    asked = {fact for item in frameworks.get(framework).items for fact in item.answered_by}
    assert len([fact for fact in asked if fact.startswith("signal:")]) >= 11


def test_a_wording_asks_the_same_wherever_it_stands() -> None:
    """Else a file with our own words would be answered by the wrong one, or not at all."""
    told: dict[str, set[tuple[tuple[str, ...], str]]] = {}
    for _, item in ITEMS:
        told.setdefault(item.asks, set()).add((item.answered_by, item.covers_only))
    apart = {asks for asks, ways in told.items() if len(ways) > 1}
    for asks in apart:  # these two of the CSA answer what a further one of ours asks, in part
        assert matching.match("a.csv", [AskedSheet("", [["Question"], [asks]])]).questions[(0, 1)].item is None


def item(**fields: object) -> FrameworkItem:
    stated = {"id": "X-1", "group": "X", "asks": "What?", "answered_by": ["gates"]}
    return FrameworkItem.model_validate(stated | fields)


def test_an_id_that_stands_twice_in_a_framework_is_refused() -> None:
    fields = {"id": "x", "place": 1, "name": "X", "source": "S", "left_out": "N"}
    with pytest.raises(ValueError, match="stands twice"):
        Framework.model_validate(fields | {"items": [item(), item(id="x-2", also=["x-1"])]})


def test_a_wording_that_is_longer_than_one_line_is_refused() -> None:
    with pytest.raises(ValueError, match="120"):
        item(asks="a" * 121)


def test_a_framework_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(InputError, match=r"the framework 'iso-27001' is not known; expected one of caiq, aicm"):
        frameworks.get("iso-27001")
