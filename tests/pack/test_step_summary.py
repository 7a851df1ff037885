"""The summary of a pipeline's step: what it says, and that nothing in it does anything or names anybody."""

from __future__ import annotations

import re

import pytest

from readiness.api import answers
from readiness.pack import step_summary
from readiness.review import level_words

from . import reading
from .conftest import IMPORTER, Desk

HOSTILE = (
    "<img src=x onerror=alert(1)> @everyone #12 [a](https://evil.example) `x` |cell|\n# head ![p](//e) ${{ secrets }}"
)


def told(desk: Desk, slug: str = "copilot", at_least: str = "narrow") -> str:
    review = desk.review(slug)
    outcome = answers.outcome(answers.checked(review, at_least, signed=False))
    return step_summary.markdown(review, at_least, **outcome)


@pytest.mark.parametrize("slug", ["freight-support", "claims-intake", "policy-answers", "billing-desk"])
def test_it_says_the_verdict_what_decided_and_every_gate_and_gap(shown: Desk, slug: str) -> None:
    review, said = shown.review(slug), told(shown, slug)
    text = reading.text(reading.github(said))
    assert level_words.badge(review.verdict.level) in text
    assert "Asked for narrow or better: " in text
    assert "Decided by the" in text
    assert said.count("\n| ") >= len(review.gates) + min(len(review.gaps), 5)
    assert said.endswith("\n")


def test_nothing_in_it_does_anything(desk: Desk) -> None:
    desk.fill(lambda field: f"{HOSTILE} {field}"[:290])
    page = reading.github(told(desk))
    assert not reading.names(page) & {"a", "img", "script", "input"}
    assert "@everyone" not in re.sub(r"<code>.*?</code>", "", page)
    assert reading.elements(page)[0][0] == "h2"
    assert [name for name, _ in reading.elements(page) if name in ("h1", "h2", "h3")] == ["h2", "h3", "h3"]


def test_it_names_no_customer_file_or_person(desk: Desk) -> None:
    words: dict[str, str] = {}
    desk.fill(lambda field: words.setdefault(field, f"zq{len(words):03}zq"))
    said = told(desk)
    names = {field for field, word in words.items() if word in said}
    known = {"system.name", "candidate", "gate.metric", "gate.workflow", "mark.critical_reason", "approver.role"}
    assert names <= known | {"mark.holds_for", "boundary.holds_for"}
    assert IMPORTER not in said


def test_a_hundred_gates_are_cut_and_counted_those_that_do_not_pass_first(shown: Desk) -> None:
    review = shown.review("freight-support")
    assert len(review.gates) <= step_summary.GATES_SHOWN
    said = told(shown, "freight-support")
    states = re.findall(r"\| ([✓✕?–]) ", said)
    assert states == sorted(states, key=lambda state: state == "✓")
