"""How much redaction finds, class by class, in a labelled corpus; the figures in SECURITY.md are these.

The corpus holds a line for each example: its class (none for ordinary text that must be left alone), what stands around
the value, and the value, which is invented and lies in pieces so that no scanner takes the file for a leak.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass

import pytest

from readiness import paths
from readiness.redaction.detectors import RULES
from readiness.redaction.redactor import MARKER, redact

CORPUS = paths.ROOT / "tests" / "data" / "redaction" / "corpus.jsonl"
SECURITY = (paths.ROOT / "SECURITY.md").read_text("utf-8")
PERSONAL = {"email", "phone", "card", "iban"}
STRUCTURED = {rule.name for rule in RULES} - PERSONAL - {"password"}
LEFT = 6
"""A value counts as found where no so many of its characters in a row are left."""


@dataclass(frozen=True)
class Example:
    name: str
    before: str
    value: str
    after: str

    @property
    def text(self) -> str:
        return f"{self.before}{self.value}{self.after}"

    def found(self, shown: str) -> bool:
        length = min(LEFT, len(self.value))
        pieces = {self.value[at : at + length] for at in range(len(self.value) - length + 1)}
        left = MARKER.sub("¤", shown)
        return not any(piece in left for piece in pieces if piece not in self.before + self.after)


def examples() -> list[Example]:
    rows = (json.loads(line) for line in CORPUS.read_text("utf-8").splitlines())
    return [Example(row["class"], row["before"], "".join(row["secret"]), row["after"]) for row in rows]


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
    for example in examples():
        shown, counts = redact(example.text)
        given[example.name] += 1
        found[example.name] += example.found(shown)
        marked.update(counts)
        rightly[example.name] += counts.get(example.name, 0)
    return {name: Figure(given[name], found[name], marked[name], rightly[name]) for name in given if name}


def test_every_class_has_thirty_examples_at_least_and_so_has_ordinary_text(figures: dict[str, Figure]) -> None:
    assert figures.keys() == {rule.name for rule in RULES}
    assert all(figure.given >= 30 for figure in figures.values())
    assert sum(not example.name for example in examples()) >= 100


def test_no_example_stands_twice() -> None:
    assert max(Counter(example.text for example in examples()).values()) == 1


@pytest.mark.parametrize("name", sorted(STRUCTURED))
def test_secrets_with_a_shape_are_found_without_exception(name: str, figures: dict[str, Figure]) -> None:
    assert figures[name].found == figures[name].given


def test_what_is_known_to_be_missed_is_among_the_examples(figures: dict[str, Figure]) -> None:
    for name in {*PERSONAL, "password"}:
        assert figures[name].found < figures[name].given, f"{name}: the corpus has become too easy"


def test_the_published_figures_are_those_of_the_corpus(figures: dict[str, Figure]) -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d+) of (\d+) \| ([\d.]+) % \| (\d+) of (\d+) \|", SECURITY, re.MULTILINE)
    told = {name: (int(a), int(b), share, int(c), int(d)) for name, a, b, share, c, d in rows}
    assert len(rows) == len(told)
    assert told == {
        name: (
            figure.found,
            figure.given,
            f"{100 * figure.found / figure.given:.1f}".removesuffix(".0"),
            figure.rightly,
            figure.marked,
        )
        for name, figure in figures.items()
    }


def test_redaction_is_never_called_complete() -> None:
    assert "Redaction is never complete." in SECURITY
