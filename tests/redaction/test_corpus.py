"""How much redaction finds, class by class, in labelled corpora.

A corpus holds a line for each example: its class (none for ordinary text that must be left alone), what stands around
the value, and the value, which is invented and lies in pieces so that no scanner takes the file for a leak. The first
grew with the rules; the second has a part that their author has not read, and the figures in SECURITY.md are its.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from readiness import paths
from readiness.redaction.detectors import RULES
from readiness.redaction.redactor import redact
from tests.redaction.corpus.__main__ import published, published_in
from tests.redaction.corpus.draw import drawn
from tests.redaction.corpus.examples import PARTS, Example, part, read
from tests.redaction.corpus.figures import Place, floors, measured, places

CORPUS = paths.ROOT / "tests" / "data" / "redaction" / "corpus.jsonl"
SECURITY = (paths.ROOT / "SECURITY.md").read_text("utf-8")
PERSONAL = {"email", "phone", "card", "iban"}
STRUCTURED = {example.name for example in read(CORPUS)} - PERSONAL - {"password", ""}


@dataclass(frozen=True)
class Figure:
    """Of `given` examples of a class `found` were; of `marked` places `rightly` ones were of that class."""

    given: int
    found: int
    marked: int
    rightly: int


@pytest.fixture(scope="module")
def figures() -> dict[str, Figure]:
    given, found, marked, rightly = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for example in read(CORPUS):
        shown, counts = redact(example.text)
        given[example.name] += 1
        found[example.name] += example.found(shown)
        marked.update(counts)
        rightly[example.name] += counts.get(example.name, 0)
    return {name: Figure(given[name], found[name], marked[name], rightly[name]) for name in given if name}


def test_every_class_has_thirty_examples_at_least_and_so_has_ordinary_text(figures: dict[str, Figure]) -> None:
    assert figures.keys() <= {rule.name for rule in RULES}
    assert all(figure.given >= 30 for figure in figures.values())
    assert sum(not example.name for example in read(CORPUS)) >= 100


def test_no_example_stands_twice() -> None:
    assert max(Counter(example.text for example in read(CORPUS)).values()) == 1


@pytest.mark.parametrize("name", sorted(STRUCTURED))
def test_secrets_with_a_shape_are_found_without_exception(name: str, figures: dict[str, Figure]) -> None:
    assert figures[name].found == figures[name].given


def test_the_published_figures_are_those_of_the_held_out_part() -> None:
    same = published_in(SECURITY) == published()
    assert same, "python -m tests.redaction.corpus --publish writes them"


def test_redaction_is_never_called_complete() -> None:
    assert "Redaction is never complete." in SECURITY


# The two parts. No failure may show a row of `heldout`: what is asserted are figures, never examples.


@pytest.mark.parametrize("name", PARTS)
def test_each_part_holds_enough_values_services_countries_and_ordinary_texts(name: str) -> None:
    labelled = [example for example in part(name) if example.name]
    ordinary = len(part(name)) - len(labelled)
    services = len({example.service for example in labelled} - {""})
    countries = len({example.country for example in labelled} - {""})
    assert (len(labelled) >= 500, services >= 40, countries >= 12, ordinary >= 200) == (True, True, True, True)
    assert {example.name for example in labelled} == floors().keys() - {"ordinary"}


def test_both_parts_together_hold_a_thousand_values_of_a_hundred_services_and_thirty_countries() -> None:
    labelled = [example for name in PARTS for example in part(name) if example.name]
    assert len(labelled) >= 1000
    assert len({example.service for example in labelled}) > 100
    assert len({example.country for example in labelled}) > 30


def test_no_value_and_no_text_stands_in_both_parts_or_twice_in_one() -> None:
    seen, heldout = (part(name) for name in PARTS)
    what: list[Callable[[Example], str]] = [lambda example: example.text, lambda example: example.value]
    shared = [len({of(example) for example in seen} & {of(example) for example in heldout} - {""}) for of in what]
    assert shared == [0, 0]
    assert [len({example.text for example in part(name)}) for name in PARTS] == [len(seen), len(heldout)]


@pytest.mark.parametrize("name", PARTS)
def test_each_part_is_what_its_forms_draw(name: str) -> None:
    same = drawn(name) == list(part(name))
    assert same, "python -m tests.redaction.corpus.draw writes it anew"


@pytest.mark.parametrize("name", PARTS)
def test_every_value_can_be_missed(name: str) -> None:
    assert sum(example.found(example.text) for example in part(name) if example.name) == 0


@pytest.mark.parametrize("name", PARTS)
def test_redaction_reaches_the_floor_of_every_class(name: str) -> None:
    reached = {(kind, what): share for kind, what, share in measured(name).reached()}
    least = {
        (kind, what): by_part[name]
        for kind, floor in floors().items()
        for what, by_part in floor.items()
        if what != "rules" and name in by_part
    }
    assert {kind for kind, what in least if what == "recall"} == measured(name).figures.keys()
    assert {key: (reached.get(key), floor) for key, floor in least.items() if reached.get(key, 0) < floor} == {}


def test_a_place_is_told_from_what_redaction_shows() -> None:
    text = 'a=1&key=abc&mail="x@y.z"'
    assert places(text, text) == []
    assert places(text, 'a=1&key=[redacted: api-key]&mail="[redacted: email]"') == [
        Place("api-key", 8, 11),
        Place("email", 18, 23),
    ]
    assert places("id eyJrIjoiYWJjIn0 end", "id eyJrIjoi¤ end") == [Place("", 11, 18)]
