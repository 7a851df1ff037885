"""The verdict as an argument: what it rests on, what speaks against it, and where it is open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from readiness.review import argument
from readiness.review.argument_graph import Argument, ArgumentBranch, ArgumentNode
from readiness.review.review import Review
from readiness.web.navigation import PAGES
from tests import decided, factories
from tests.decision.test_incidents import incident
from tests.factories import CHECKLIST
from tests.review.dossiers import RESULTS, dossier, reviewed, revision

NOTHING: dict[str, Any] = {
    "marks": {},
    "evidence": {},
    "cells": (),
    "traces": (),
    "policy": None,
    "monitoring": None,
}


def _worse() -> Review:
    """In one language the candidate is far worse than the baseline."""
    where = {"metric": "task_success", "dimension": "language", "n": 400}
    return reviewed(
        cells=[
            (RESULTS, factories.cell(version, mean, value=value, **where))
            for value, candidate in (("ja", 0.5), ("de", 0.9))
            for version, mean in ((factories.BASELINE, 0.9), (factories.CANDIDATE, candidate))
        ]
    )


REVIEWS: dict[str, Callable[[], Review]] = {
    "staged": reviewed,
    "blocked": lambda: reviewed({"rollback_rehearsal": "yes"}),
    "undetermined": lambda: reviewed({"capacity": None, "abstention": None}),
    "contradicted": _worse,
    "an incident": lambda: reviewed(incidents=[incident()]),
    "no canary": lambda: reviewed(policy=revision(factories.policy(stages=[]))),
    "a decision": lambda: reviewed(decisions=[decided.stored(decided.decision())]),
    "nothing stored": lambda: reviewed(**NOTHING),
}


def whole(review: Review) -> Argument:
    return argument.of(review, everything=True)


def node(drawn: Argument, words: str) -> ArgumentNode:
    (one,) = [one for one in drawn.nodes if words in one.words]
    return one


def below(drawn: Argument, above: ArgumentNode) -> list[tuple[str, ArgumentNode]]:
    by_id = {one.id: one for one in drawn.nodes}
    return [(edge.kind, by_id[edge.below]) for edge in drawn.edges if edge.above == above.id]


def test_a_verdict_without_a_rule_that_decides_rests_on_its_score() -> None:
    drawn = argument.of(reviewed())
    top, score = drawn.nodes[0], node(drawn, "Score 0 of 42")
    assert (top.words, top.detail, top.state) == (
        "Support Copilot 2026.11 may be rolled out in stages",
        "● staged",
        "holds",
    )
    assert ("supports", score) in below(drawn, top)
    assert [one.words for _, one in below(drawn, score)] == ["20 answers"]


def test_a_gap_that_blocks_contradicts_the_claim_down_to_who_closes_it() -> None:
    drawn = argument.of(REVIEWS["blocked"]())
    rule = node(drawn, "Override")
    assert drawn.nodes[0].state == "against"
    assert ("contradicts", rule) in below(drawn, drawn.nodes[0])
    ((kind, goal),) = below(drawn, rule)
    assert (kind, goal.words, dict(goal.link.asked)) == (
        "contradicts",
        "16. Rollback rehearsal",
        {"signal": "rollback-rehearsal"},
    )
    admitted = below(drawn, goal)[0][1]
    assert (admitted.id[:3], admitted.words, admitted.link.page) == ("CSn", "Rollback has not been rehearsed", "gaps")


def test_a_question_that_nobody_answered_is_an_open_end() -> None:
    drawn = argument.of(REVIEWS["undetermined"]())
    assert drawn.nodes[0].state == "open"
    goal = node(drawn, "11. Capacity at expansion")
    assert [(kind, one.kind, one.words) for kind, one in below(drawn, goal)] == [
        ("supports", "undeveloped", "Nobody has answered")
    ]


def test_a_figure_that_speaks_against_an_answer_leads_to_its_metric_and_its_file() -> None:
    drawn = whole(REVIEWS["contradicted"]())
    goal = node(drawn, "1. Task success per cohort")
    kind, against = below(drawn, goal)[0]
    assert (kind, goal.state, against.link.page) == ("contradicts", "against", "scorecard")
    assert against.words.startswith("Task success for language=ja came to 50.0 %")
    assert dict(against.link.asked) == {"metric": "Task success"}
    assert [(one.kind, one.words) for _, one in below(drawn, against)] == [("file", "results.csv, 20 Nov 2026")]


def test_an_open_incident_is_counter_evidence_and_part_of_the_context() -> None:
    drawn = argument.of(REVIEWS["an incident"]())
    told = node(drawn, "Incident of 20 Nov 2026")
    assert (told.kind, told.state, told.detail, told.link.page) == (
        "solution",
        "against",
        "✕ not answered",
        "incidents",
    )
    assert node(drawn, "1 incident, not answered").kind == "context"


def test_what_was_decided_is_context_and_moves_no_claim() -> None:
    drawn, before = argument.of(REVIEWS["a decision"]()), argument.of(reviewed())
    added = [one for one in drawn.nodes if one.words not in {other.words for other in before.nodes}]
    assert [(one.kind, one.link.page) for one in added] == [("context", "decision")]


def test_a_condition_of_the_release_that_is_not_met_is_an_open_end() -> None:
    drawn = argument.of(REVIEWS["no canary"]())
    ((_, unmet),) = below(drawn, node(drawn, "Release rule"))
    assert (unmet.kind, unmet.words, unmet.link.page) == (
        "undeveloped",
        "There is no canary or staged path",
        "release",
    )


def test_an_answer_on_somebodys_word_names_it_and_what_no_check_decides() -> None:
    drawn = whole(reviewed(**NOTHING | {"marks": dossier().marks}))
    goal = node(drawn, "Rollback rehearsal")
    assert goal.state == "in part"
    assert [(one.kind, one.state) for _, one in below(drawn, goal)][:2] == [
        ("solution", "in part"),
        ("undeveloped", "open"),
    ]
    assert below(drawn, goal)[0][1].words == "https://evidence.example/1"


def test_nothing_stored_leaves_every_end_open() -> None:
    drawn = whole(REVIEWS["nothing stored"]())
    assert {one.state for one in drawn.of_kind("goal")} == {"open"}
    assert not list(drawn.of_kind("solution"))


def test_everything_is_each_answer_of_the_checklist_once() -> None:
    for review in REVIEWS.values():
        asked = [dict(one.link.asked).get("signal") for one in whole(review()).of_kind("goal")]
        assert sorted(filter(None, asked)) == sorted(CHECKLIST.ids)


@pytest.mark.parametrize("case", REVIEWS)
@pytest.mark.parametrize("everything", [False, True])
def test_every_node_stands_below_one_before_it_and_leads_to_a_page_that_exists(case: str, everything: bool) -> None:
    review = REVIEWS[case]()
    drawn = argument.of(review, everything=everything)
    places = {one.id: at for at, one in enumerate(drawn.nodes)}
    assert len(places) == len(drawn.nodes)
    assert {edge.below for edge in drawn.edges} == set(places) - {drawn.nodes[0].id}
    pages = {page.name for page in PAGES}
    for one in drawn.nodes:
        asked = dict(one.link.asked)
        assert one.link.page in pages, one
        assert asked.get("signal", CHECKLIST.ids[0]) in CHECKLIST.ids
        assert "metric" not in asked or asked["metric"] in {known.name for known in CHECKLIST.metrics}
    assert drawn == argument.of(review, everything=everything)


@pytest.mark.parametrize("case", REVIEWS)
def test_the_tree_has_every_node_whole_once(case: str) -> None:
    drawn = argument.of(REVIEWS[case]())

    def walk(branch: ArgumentBranch) -> list[str]:
        own = [] if branch.again else [branch.node.id]
        return own + [name for lower in branch.below for name in walk(lower)]

    assert walk(drawn.tree) == [one.id for one in drawn.nodes]


def test_many_questions_without_an_answer_are_a_few_and_the_others_together() -> None:
    drawn = argument.of(REVIEWS["nothing stored"]())
    words = [one.words for one in drawn.of_kind("goal")]
    assert len(words) < 16
    assert [word for word in words if word.endswith("more answers")]
