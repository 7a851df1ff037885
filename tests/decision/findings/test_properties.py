"""What holds of findings whatever is stored."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.decision import findings
from readiness.decision.answers import Finding
from readiness.decision.findings import figures
from readiness.decision.verdict import decide
from readiness.model.assessment import MarkValue
from readiness.model.cells import Cell
from readiness.model.policy import Gate
from readiness.model.traces import Trace
from tests import factories
from tests.decision.findings.cases import CASES
from tests.decision.findings.contexts import CHECKLIST, METRICS, Held, budgets, figure, ground, latency, walk
from tests.factories import BASELINE, CANDIDATE

POLICY = factories.policy(
    gates=[
        Gate(metric="task_success", cohort="each", min=0.8, max_regression=0.1),
        Gate(metric="latency_ms", stat="p95", max=4000),
    ],
    budgets=budgets("retrieval", "model", "tool").budgets,
    peak_concurrency=100,
)
GIVEN = [held for found in CASES.values() for held, _ in found.values()]
RATES = [name for name, metric in METRICS.items() if metric.unit == "ratio"]
PLACES = [
    {},
    {"workflow": "refund"},
    {"workflow": "quote"},
    {"dimension": "language", "value": "en"},
    {"dimension": "language", "value": "ja"},
    {"dimension": "query_class", "value": "literal"},
    {"dimension": "concurrency", "value": "100"},
    {"workflow": "refund", "dimension": "language", "value": "ja"},
]


def once(drawn: Sequence[Cell]) -> list[Cell]:
    """The first of the figures that say the same, so that no two compete."""
    return list({(cell.version, cell.metric, cell.workflow, cell.cohort): cell for cell in reversed(drawn)}.values())


places = st.sampled_from(PLACES)
versions = st.sampled_from([CANDIDATE, BASELINE])
rates = st.builds(
    lambda metric, mean, n, errors, place, version: figure(
        metric, mean if n != 0 else None, n, errors=errors, version=version, **place
    ),
    st.sampled_from(RATES),
    st.sampled_from([0.0, 0.3, 0.5, 0.75, 0.8, 0.9, 0.95, 1.0]),
    st.sampled_from([None, 0, 1, 20, 40, 400, 4000]),
    st.integers(0, 9),
    places,
    versions,
)
times = st.builds(
    lambda p50, tail, n, errors, place: latency(p50, p50 * tail / 2, p50 * tail, n, errors=errors, **place),
    st.sampled_from([0.0, 90.0, 900.0]),
    st.sampled_from([2, 9, 12, 40]),
    st.sampled_from([20, 400, 4000]),
    st.integers(0, 99),
    places,
)
cells = st.lists(rates | times, max_size=8).map(once)
traces = st.lists(
    st.builds(
        walk,
        st.sampled_from(["good", "bad", "escalation", None]),
        tool_ended=st.sampled_from(["ok", "error"]),
        ended=st.sampled_from(["ok", "error"]),
        answer=st.sampled_from(["", "Yes"]),
        tool=st.sampled_from([0, 10]),
        model=st.sampled_from([0, 5, 60]),
    ),
    max_size=4,
)
values: st.SearchStrategy[MarkValue] = st.sampled_from(["no", "partial", "yes"])
policies = st.sampled_from([POLICY, *(held.policy for held in GIVEN)])
plans = st.sampled_from([held.monitoring for held in GIVEN])
stored = st.builds(
    lambda given, more, seen, policy, plan, marks: Held(
        once([*(cell for held in given for cell in held.cells), *more]),
        [*(trace for held in given for trace in held.traces), *seen],
        policy,
        plan,
        marks,
    ),
    st.lists(st.sampled_from(GIVEN), max_size=5),
    cells,
    traces,
    policies,
    plans,
    st.dictionaries(st.sampled_from(CHECKLIST.ids), values).map(
        lambda given: {signal: factories.mark(signal, value) for signal, value in given.items()}
    ),
)


def found(*held: Held) -> dict[str, Finding]:
    return findings.find(CHECKLIST, held[0].marks, ground(*held))


def outcomes(*held: Held) -> dict[str, str]:
    return {signal: each.outcome for signal, each in found(*held).items()}


@given(stored)
def test_marks_and_the_score_never_change(held: Held) -> None:
    before = {signal: mark.model_dump() for signal, mark in held.marks.items()}
    on = ground(held)
    judged = findings.find(CHECKLIST, held.marks, on)
    assert {signal: mark.model_dump() for signal, mark in held.marks.items()} == before
    with_them, without = (decide(CHECKLIST, held.marks, each, on.packet) for each in (judged, {}))
    assert (with_them.score, with_them.range, with_them.unanswered) == (
        without.score,
        without.range,
        without.unanswered,
    )


@given(stored)
def test_every_signal_is_told_of_in_one_line_that_ends_without_a_stop(held: Held) -> None:
    judged = found(held)
    assert tuple(judged) == CHECKLIST.ids
    for each in judged.values():
        assert each.why == each.why.strip(" .;:,\n") != ""
        assert not re.search(r"\b(None|nan)\b", each.why)


@given(stored, st.randoms(use_true_random=False))
def test_the_order_in_which_evidence_is_stored_changes_nothing(held: Held, order: random.Random) -> None:
    shuffled = order.sample(list(held.cells), len(held.cells))
    assert found(replace(held, cells=shuffled)) == found(held)


@given(stored, cells, traces)
def test_stale_evidence_and_that_of_another_version_changes_no_outcome(
    held: Held, more: Sequence[Cell], seen: Sequence[Trace]
) -> None:
    elsewhere = Held([cell for cell in more if cell.version == CANDIDATE], seen).of_another_version()
    known = {signal: each for signal, each in outcomes(held).items() if signal != "evidence-pack"}
    told = outcomes(held, Held(more, seen).stale(), elsewhere)
    assert {signal: told[signal] for signal in known} == known


@given(stored, cells, traces)
def test_stale_evidence_never_completes_a_packet_nor_opens_one_that_is_complete(
    held: Held, more: Sequence[Cell], seen: Sequence[Trace]
) -> None:
    alone, told = outcomes(held)["evidence-pack"], outcomes(held, Held(more, seen).stale())["evidence-pack"]
    assert (alone == "supports") == (told == "supports")


@given(stored)
def test_a_partial_answer_differs_from_a_no_only_where_that_is_contradicted_or_uncovered(held: Held) -> None:
    as_no = outcomes(replace(held, marks=factories.marks(CHECKLIST, "no")))
    as_partial = outcomes(replace(held, marks=factories.marks(CHECKLIST, "partial")))
    for signal in set(as_no) - {"evidence-pack"}:  # the marks are a part of the packet
        admitted = as_no[signal] in ("contradicts", "uncovered") and as_partial[signal] == "supports"
        assert as_partial[signal] == as_no[signal] or admitted


@pytest.mark.parametrize("signal", CHECKLIST.ids)
def test_with_nothing_stored_no_signal_is_supported(signal: str) -> None:
    assert found(Held())[signal].outcome != "supports"


# The cases outside a cohort


graded = st.floats(0, 1, allow_nan=False).map(lambda value: round(value, 6))
passes = st.booleans()
cases = st.lists(st.tuples(graded, passes), min_size=1, max_size=40)


def cell_of(chosen: Sequence[tuple[float, bool]], unit: str = "ratio") -> Cell:
    """The cell of these cases, by the book."""
    scores = np.array([score for score, _ in chosen])
    return factories.cell(
        mean=float(scores.mean()),
        n=len(scores),
        sd=float(scores.std(ddof=1)) if len(scores) > 1 else None,
        passed=sum(passed for _, passed in chosen),
        unit=unit,
    )


@given(cases, cases)
def test_the_rest_of_a_cohort_is_the_cell_of_the_other_cases(
    part: list[tuple[float, bool]], others: list[tuple[float, bool]]
) -> None:
    rest, asked = figures._rest(cell_of(part + others), cell_of(part)), cell_of(others)
    if len(part) == 1 and len(others) > 1:  # one case has no spread, so that of the others cannot be worked out
        asked.sd = None
    assert rest is not None
    assert (rest.n, rest.passed) == (asked.n, asked.passed)
    assert rest.mean == pytest.approx(asked.mean, abs=1e-9)
    assert (rest.sd is None) == (asked.sd is None)
    if asked.sd is not None:
        assert rest.sd == pytest.approx(asked.sd, abs=1e-6)


@given(st.lists(passes, min_size=1, max_size=60), st.lists(passes, min_size=1, max_size=60))
def test_the_rest_of_a_rate_is_a_rate(part: list[bool], others: list[bool]) -> None:
    one, all_of_them = ([(float(each), each) for each in chosen] for chosen in (part, part + others))
    rest = figures._rest(cell_of(all_of_them), cell_of(one))
    assert rest is not None
    assert (rest.n, rest.passed, rest.mean) == (len(others), sum(others), sum(others) / len(others))


@given(cases)
def test_nothing_is_left_beside_a_cohort_of_all_cases(whole: list[tuple[float, bool]]) -> None:
    assert figures._rest(cell_of(whole), cell_of(whole)) is None


@given(
    st.integers(1, 400), st.integers(1, 400), st.integers(0, 400), st.integers(0, 400), st.sampled_from(["ratio", "ms"])
)
def test_the_rest_of_cells_that_do_not_fit_together_is_never_made_up(
    n: int, part_n: int, passed: int, part_passed: int, unit: str
) -> None:
    whole = factories.cell(mean=min(passed, n) / n, n=n, passed=min(passed, n), unit=unit)
    part = factories.cell(mean=min(part_passed, part_n) / part_n, n=part_n, passed=min(part_passed, part_n), unit=unit)
    rest = figures._rest(whole, part)
    fits = part_n < n and 0 <= min(passed, n) - min(part_passed, part_n) <= n - part_n
    assert (rest is not None) == fits
    if rest is not None:
        assert 0 <= (rest.mean or 0.0) <= 1


@pytest.mark.parametrize(("whole", "part"), [(None, 160), (360, None), (None, None)])
def test_passes_of_the_rest_are_known_only_where_those_of_both_are(whole: int | None, part: int | None) -> None:
    rest = figures._rest(
        factories.cell(mean=0.9, n=400, passed=whole), factories.cell(mean=0.8, n=200, passed=part, sd=0.4)
    )
    assert rest is not None
    assert (rest.n, rest.passed, rest.sd) == (200, None, None)
    assert rest.mean == pytest.approx(1.0)


@pytest.mark.parametrize(("unit", "mean"), [("ratio", None), ("ms", 16.1), ("", 16.1)])
def test_only_a_ratio_of_the_rest_must_lie_between_nothing_and_all(unit: str, mean: float | None) -> None:
    whole, part = (factories.cell(mean=mean, n=n, passed=None, unit=unit) for mean, n in ((0.9, 400), (0.1, 380)))
    rest = figures._rest(whole, part)
    assert (rest and rest.mean) == (mean and pytest.approx(mean))  # (360 - 38) / 20


CLUSTERED: dict[str, Any] = {"cases": 90, "clusters": 100, "se": 0.02}


@pytest.mark.parametrize(
    ("whole", "part", "rest"),
    [
        ({}, {"cases": 18, "clusters": 36}, (72, 64, 0.025)),
        ({}, {"cases": 90, "clusters": 99}, (1, 1, None)),
        ({}, {"cases": 120, "clusters": 100}, (1, 1, None)),
        ({}, {"cases": 89, "clusters": 98}, (1, 2, 0.02 * 50**0.5)),
        ({"clusters": 300, "cases": 300}, {}, (240, 240, 0.02 * 1.25**0.5)),
        ({}, {"cases": 18, "clusters": 0}, (72, 100, 0.02)),
        ({"se": None}, {"cases": 18, "clusters": 36}, (72, 64, None)),
        ({"clusters": None, "se": None}, {"cases": 18, "clusters": 36}, (90, None, None)),
    ],
)
def test_the_rest_of_clusters_are_those_that_cannot_all_be_in_the_part(
    whole: dict[str, Any], part: dict[str, Any], rest: tuple[int | None, int | None, float | None]
) -> None:
    others = figures._rest(factories.cell(mean=0.8, n=300, **CLUSTERED | whole), factories.cell(mean=0.8, n=60, **part))
    assert others is not None
    assert (others.cases, others.clusters) == rest[:2]
    assert others.se == (rest[2] and pytest.approx(rest[2]))
