"""Recall and precision of redaction, class by class, in a part of the corpus."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import tomli_w

from readiness.redaction.redactor import MARKER, redact, rule_of
from tests.redaction.corpus.examples import FOLDER, PARTS, Example, part

FLOORS = FOLDER / "floors.toml"
VENDORS = "vendor-key"
"""The class of every rule that no other class names as its own."""
PERSONAL = ("email", "phone", "iban", "card", "national-id", "ip", "mac")


@dataclass(frozen=True)
class Figure:
    """Of `given` values `found` were; of `marked` places that were replaced `rightly` ones held a value."""

    given: int = 0
    found: int = 0
    marked: int = 0
    rightly: int = 0

    @property
    def recall(self) -> float | None:
        return 100 * self.found / self.given if self.given else None

    @property
    def precision(self) -> float | None:
        return 100 * self.rightly / self.marked if self.marked else None

    def __add__(self, other: Figure) -> Figure:
        return Figure(
            self.given + other.given,
            self.found + other.found,
            self.marked + other.marked,
            self.rightly + other.rightly,
        )


@dataclass(frozen=True)
class Place:
    """What was replaced, by the name of its rule."""

    name: str
    start: int
    end: int


def places(text: str, shown: str) -> list[Place]:
    """Where the text was replaced; one place from the first to the last difference if more than markers changed."""
    names = [rule_of(marker) for marker in MARKER.findall(shown)]
    left = "(.+?)".join(re.escape(piece) for piece in MARKER.split(shown))
    if aligned := re.fullmatch(left, text, re.DOTALL):
        return [Place(name, *aligned.span(at)) for at, name in enumerate(names, 1)]
    start = next((at for at, pair in enumerate(zip(text, shown, strict=False)) if pair[0] != pair[1]), 0)
    backward = zip(reversed(text), reversed(shown), strict=False)
    end = len(text) - next((at for at, pair in enumerate(backward) if pair[0] != pair[1]), 0)
    return [Place(names[0] if names else "", start, max(start + 1, end))]


@cache
def floors() -> dict[str, Any]:
    """For each class the names of its rules and the least recall and precision, in percent, of each part."""
    return tomllib.loads(FLOORS.read_text("utf-8"))


def _class_of(rule: str) -> str:
    return next((name for name, floor in floors().items() if rule in floor["rules"]), VENDORS)


@dataclass(frozen=True)
class Measured:
    figures: dict[str, Figure]
    missed: list[Example]
    ordinary: int
    touched: list[Example]
    around: float
    """Of the characters around values, how many of a hundred were left: a rule that takes whole lines is not right."""

    @property
    def untouched(self) -> float:
        return 100 * (self.ordinary - len(self.touched)) / self.ordinary

    def reached(self) -> Iterator[tuple[str, str, float]]:
        """Class, figure and percent of everything that has a floor; what cannot be told yet has none."""
        for name, figure in self.figures.items():
            shares = (("recall", figure.recall), ("precision", figure.precision))
            yield from ((name, what, share) for what, share in shares if share is not None)
        yield "ordinary", "untouched", self.untouched
        yield "ordinary", "around", self.around

    def total(self, names: Iterable[str]) -> Figure:
        return sum((self.figures[name] for name in names), Figure())


@cache
def measured(name: str) -> Measured:
    """The figures of a part. A place is right if it covers some of a value, whatever its rule calls it."""
    given, found, marked, rightly = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    missed, touched, taken = [], [], 0
    for example in part(name):
        shown, _ = redact(example.text)
        start, end = len(example.before), len(example.before + example.value)
        for place in places(example.text, shown):
            covered = max(0, min(place.end, end) - max(place.start, start))
            marked[_class_of(place.name)] += 1
            rightly[_class_of(place.name)] += covered > 0
            taken += place.end - place.start - covered if example.name else 0
        if example.name:
            given[example.name] += 1
            found[example.name] += example.found(shown)
            missed += [] if example.found(shown) else [example]
        elif shown != example.text:
            touched.append(example)
    figures = {name: Figure(given[name], found[name], marked[name], rightly[name]) for name in given}
    around = sum(len(example.before + example.after) for example in part(name) if example.name)
    ordinary = sum(not example.name for example in part(name))
    return Measured(figures, missed, ordinary, touched, 100 * (around - taken) / around)


def raised() -> dict[str, Any]:
    """The floors, each as high as what is reached today, or as it was where that was higher."""
    higher = {name: {"rules": floor["rules"]} for name, floor in floors().items()}
    for name in PARTS:
        for kind, what, reached in measured(name).reached():
            before = floors()[kind].get(what, {}).get(name, 0.0)
            higher[kind].setdefault(what, {})[name] = max(before, int(10 * reached) / 10)
    return higher


def raise_floors() -> None:
    FLOORS.write_text(tomli_w.dumps(raised()), "utf-8")
