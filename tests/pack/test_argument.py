"""The argument as a picture: the same bytes, well formed, and every text inside its box."""

from __future__ import annotations

import itertools
import re
from typing import Any

import defusedxml.ElementTree
import pytest

from readiness.model.dossier import Stored
from readiness.model.incidents import ReportedIncident, StoredIncident
from readiness.pack import argument as pictures
from readiness.pack import fitting
from readiness.pack.argument import ArgumentPicture
from readiness.pack.twins.claims import Told
from readiness.review import argument, argument_evidence
from readiness.review.review import Review
from readiness.services import demo
from tests import factories
from tests.factories import TODAY
from tests.review.dossiers import AT, SPANS, file, reviewed
from tests.review.test_argument import REVIEWS

from .conftest import DAY, Desk

HOSTILE = [
    "</svg><script>alert(1)</script>",
    "W" * 2_000,
    "שלום \u202egnp.exe",
    "漢字" * 300,
    "&amp;\x00\x1b[31m\ufffe",
]
SVG = "{http://www.w3.org/2000/svg}"


def picture(review: Review, *, everything: bool = False) -> ArgumentPicture:
    return pictures.drawn(argument.of(review, everything=everything))


def hostile(text: str) -> Review:
    """A text from outside wherever the argument shows one."""
    answers = {
        "rollback_rehearsal": factories.mark("rollback-rehearsal", "yes", owner=text[:200]),
        "abstention": factories.mark("abstention", "partial", holds_for=text[:200], evidence=[text[:200]]),
    }
    told = ReportedIncident(what=text[:2000], on=TODAY, signals=["capacity"])
    system = factories.assessment_file().system.model_copy(update={"name": text})
    files = file(factories.evidence(f"{text[:80]}.csv")) | file(factories.evidence("spans.jsonl", kind="traces"), SPANS)
    return reviewed(
        answers,
        incidents=[StoredIncident(1, 1, told, (), "dana", AT)],
        system=Stored(1, 1, system),
        evidence=files,
    )


@pytest.mark.parametrize("case", REVIEWS)
def test_the_same_review_gives_the_same_bytes_which_are_xml(case: str) -> None:
    first, second = (picture(REVIEWS[case](), everything=True).file for _ in range(2))
    assert first == second
    root = defusedxml.ElementTree.fromstring(first)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "argument-title argument-words"
    assert root.find(f"{SVG}title").text.startswith("Argument: Support Copilot 2026.11 may be rolled out")
    assert root.find(f"{SVG}desc").text


@pytest.mark.parametrize("text", HOSTILE, ids=["markup", "one word", "right to left", "wide letters", "controls"])
def test_a_hostile_text_is_escaped_and_stays_inside_its_box(text: str) -> None:
    drawn = picture(hostile(text), everything=True)
    root = defusedxml.ElementTree.fromstring(drawn.file)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "desc", "style", "rect", "g", "path", "circle", "text")
    }
    assert not re.search("[\u202e\x00\x1b\ufffe]", drawn.file.decode())
    is_inside(drawn)


@pytest.mark.parametrize("case", REVIEWS)
def test_no_text_is_wider_than_its_box_nor_below_it(case: str) -> None:
    for everything in (False, True):
        is_inside(picture(REVIEWS[case](), everything=everything))


def is_inside(drawn: ArgumentPicture) -> None:
    for symbol in drawn.symbols:
        for line in [*symbol.lines, *(told for _, told in symbol.files)]:
            assert fitting.length(line.text, line.size, bold=line.bold) <= line.room, line
            assert symbol.x <= line.x
            assert line.x + line.room <= symbol.x + symbol.width <= pictures.WIDTH
            assert symbol.y < line.y <= symbol.y + symbol.height
        assert symbol.y + symbol.height <= drawn.height


@pytest.mark.parametrize("case", REVIEWS)
def test_no_two_symbols_of_a_layer_overlap(case: str) -> None:
    for everything in (False, True):
        layers: dict[float, list[Any]] = {}
        for symbol in picture(REVIEWS[case](), everything=everything).symbols:
            layers.setdefault(symbol.x, []).append(symbol)
        for layer in layers.values():
            for above, below in itertools.pairwise(layer):
                assert above.y + above.height < below.y, (above.node, below.node)


def test_every_symbol_and_every_file_has_an_area_for_its_link_within_the_picture() -> None:
    drawn = picture(REVIEWS["blocked"](), everything=True)
    areas = list(drawn.areas())
    assert {area.node.id for area in areas} == {node.id for node in drawn.argument.nodes}
    assert all(area.left >= 0 and area.left + area.width <= 100.01 for area in areas)
    assert all(area.top >= 0 and area.top + area.height <= 100.01 for area in areas)


def test_a_page_gets_the_colours_of_its_theme_and_a_file_those_of_its_readers_system() -> None:
    drawn = picture(reviewed())
    assert "prefers-color-scheme" in drawn.svg()
    assert "<style" not in drawn.svg("light")
    assert "prefers-color-scheme" not in drawn.svg("dark")
    assert "<style" in drawn.svg("dark")


def test_the_claims_of_a_pack_stand_as_those_of_the_argument(shared_desk: Desk) -> None:
    demo.load(shared_desk.store, shared_desk.by, today=DAY)
    outcomes = {"holds": "holds", "in part": "in part", "against": "fails", "open": "not decided"}
    for slug in ("freight-support", "claims-intake", "policy-answers", "customs-advisor", "billing-desk"):
        told = Told(shared_desk.take("procurement", slug))
        claimed = {claim.name: claim.outcome for claim in told.claims if claim.kind == "answer"}
        own = {one.signal.name: outcomes[argument_evidence.state(one)] for one in shared_desk.review(slug).answers}
        assert {name: own[name.partition(" · ")[2] or name] for name in claimed} == claimed
        assert claimed
