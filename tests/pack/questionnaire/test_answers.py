"""What stands beside a question: nothing that a snapshot does not say, and silence said as such."""

from __future__ import annotations

import datetime as dt
import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from readiness import access, clock, pack
from readiness.model.assessment import Mark
from readiness.model.card import Component, RedTeamRun, SystemCard
from readiness.model.policy import Approver, ReleasePolicy, RolloutStage
from readiness.pack.questionnaire import answers, facts, fill, frameworks, matching
from readiness.pack.questionnaire.frameworks import FrameworkItem
from readiness.pack.snapshot import Snapshot
from readiness.services import demo, portfolio
from readiness.store import open_store, queries
from tests.pack.conftest import DAY, Desk

ALWAYS = {"version", "decision", "scope"}
"""What is known of every system."""
_OURS = """
    answers a part only not told in this pack stated shown controlled said to be open gap due for the rest no none file
    files of them out date covers review alerts rehearsal succeeded report by done up goes on if hours timeout retries
    fallback baseline and more recorded trace each steps step written down overdue day days applicable kept here
"""
OURS = set(_OURS.split())
"""Words of ours around what is stored."""


@pytest.fixture(scope="module")
def taken(loaded: Path) -> dict[tuple[str, str], Snapshot]:
    """What three audiences may be told of every system of the demo."""
    found = {}
    with closing(open_store(f"sqlite:///{loaded}")) as store:
        day, by = dt.date.fromisoformat(queries.meta(store, demo.DAY_KEY) or ""), access.local()
        for status in portfolio.statuses(store, by, as_of=day):
            for audience in ("procurement", "security", "leadership"):
                request = pack.Request(audience=audience, draft=True)
                found[status.slug, audience] = pack.take(store, by, status.slug, request, as_of=day)
    return found


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))


@pytest.mark.parametrize("framework", frameworks.every())
def test_no_answer_about_the_demo_has_a_word_that_is_not_in_its_snapshot(
    taken: dict[tuple[str, str], Snapshot], framework: str
) -> None:
    assert len(taken) >= 9  # three audiences of each system
    for snapshot in taken.values():
        known = words(json.dumps(snapshot.data(), ensure_ascii=False)) | OURS
        filled = fill(snapshot, matching.of_framework(frameworks.get(framework)))
        for place, answer in filled.answers.items():
            item = filled.matched.questions[place].item
            assert item is not None
            titles = words(" ".join([item.covers_only, *(facts.every()[fact].title for fact in item.answered_by)]))
            assert words(answer.text) - known - titles == set(), (snapshot.slug, item.id)
            assert answer.as_of == snapshot.as_of
            assert answer.source


@pytest.mark.parametrize("audience", ["procurement", "security", "leadership"])
def test_of_an_empty_system_nothing_is_answered(desk: Desk, audience: str) -> None:
    desk.bare()
    snapshot = desk.take(audience)
    for item in (item for framework in frameworks.every().values() for item in framework.items):
        if not ALWAYS & set(item.answered_by):
            answer = answers.answer(snapshot, item)
            assert answer.text in ("Not stated", "Not shown"), (item.id, answer.text)
            assert not answer.answered


def asking(*wanted: str, covers_only: str = "") -> FrameworkItem:
    return FrameworkItem(id="x", group="x", asks="x", answered_by=wanted, covers_only=covers_only)


def told(desk: Desk, *wanted: str, audience: str = "procurement", **fields: Any) -> tuple[str, str]:
    desk.bare(**fields)
    answer = answers.answer(desk.take(audience), asking(*wanted))
    return answer.text, answer.state


def test_a_gap_is_stated_as_one_and_no_never_reads_as_a_refusal(desk: Desk) -> None:
    marks = [
        Mark(signal="capacity", mark="yes", due=DAY, owner="o", action="a"),
        Mark(signal="abstention", mark="no", evidence=["a page"]),
        Mark(signal="ownership", mark="no", not_applicable=True, note="One person runs it"),
        Mark(signal="tail-latency", mark="no"),
    ]
    desk.bare(marks=marks)
    snapshot = desk.take("procurement")
    read = {signal: answers.answer(snapshot, asking(f"signal:{signal}")) for signal in (one.signal for one in marks)}
    assert (read["capacity"].text, read["capacity"].state) == ("Open gap, due 23 Nov 2026", "stated")
    assert read["abstention"].text.startswith("Controlled (attested by ")
    assert read["abstention"].state == "attested"
    assert "One person runs it" in read["ownership"].text
    assert read["tail-latency"].text.startswith("Said to be controlled (not shown: ")
    assert not read["tail-latency"].answered


def test_what_some_parts_do_not_say_leaves_the_answer_uncovered(desk: Desk) -> None:
    parts = [Component(kind="model", name="Large", region="EU"), Component(kind="tool", name="registry")]
    parts += [Component(kind="prompt", name="p")]
    text, state = told(desk, "card:components.region", card=SystemCard(components=parts))
    assert (text, state) == ("Model: Large: EU; Tool: registry: not stated", "uncovered")


def test_a_fact_that_says_nothing_is_named_beside_those_that_do(desk: Desk) -> None:
    text, state = told(desk, "card:intended_use", "card:users", card=SystemCard(intended_use="Quotes."))
    assert (text, state) == ("Intended use: Quotes. Users: not stated", "uncovered")


def test_what_an_audience_is_not_told_is_said_to_be_that(desk: Desk) -> None:
    desk.fill()
    snapshot = desk.take("procurement")
    alone, beside = (
        answers.answer(snapshot, asking(*wanted)) for wanted in (["monitoring"], ["version", "monitoring"])
    )
    assert (alone.text, alone.state) == ("Not shown", "not shown")
    assert alone.source == "not part of a Procurement pack"
    assert beside.text.endswith("Monitoring plan: not told in this pack")
    assert answers.answer(desk.take("security"), asking("monitoring")).state == "stated"


def test_one_contradiction_is_enough(desk: Desk) -> None:
    desk.fill()
    snapshot = desk.take("procurement")
    states = {signal: answers.answer(snapshot, asking(f"signal:{signal}")).state for signal in ("cohort-success",)}
    assert states == {"cohort-success": "contradicted"}
    assert answers.answer(snapshot, asking("version", "signal:cohort-success")).state == "contradicted"


def test_what_is_answered_in_part_only_says_which(desk: Desk) -> None:
    desk.bare()
    answer = answers.answer(desk.take("procurement"), asking("version", covers_only="the version"))
    assert (answer.text, answer.state) == ("2026.11. Answers a part only: the version", "uncovered")


@pytest.mark.parametrize(
    ("fact", "fields"),
    [
        ("policy.stages", {"policy": ReleasePolicy(stages=[RolloutStage(name="")])}),
        ("sign-offs", {"policy": ReleasePolicy(approvers=[Approver(role="quality", name=n) for n in ("Ann", "Bo")])}),
        ("policy.rollback", {"policy": ReleasePolicy()}),
        ("card:red_team", {"card": SystemCard(red_team=[RedTeamRun(by="us")])}),
        ("card:incidents", {"card": SystemCard()}),
    ],
)
def test_an_empty_record_answers_nothing(desk: Desk, fact: str, fields: dict[str, Any]) -> None:
    assert told(desk, fact, **fields) == ("Not stated", "not stated")


def test_an_approver_who_signed_is_told_by_role_and_day(desk: Desk) -> None:
    desk.fill()
    today = clock.today()  # on which the desk has signed
    for audience in ("procurement", "leadership"):
        request = pack.Request(audience=audience, draft=True)
        answer = answers.answer(pack.take(desk.store, desk.by, "copilot", request, as_of=today), asking("sign-offs"))
        assert re.fullmatch(r"Quality: (✓ approved on|\? void: given on) .* 20\d\d.*", answer.text), answer.text


def test_an_answer_ends_where_a_cell_is_still_read(desk: Desk) -> None:
    text, _ = told(desk, "card:intended_use", card=SystemCard(intended_use="word " * 1_000))
    assert len(text) <= answers.LONGEST
