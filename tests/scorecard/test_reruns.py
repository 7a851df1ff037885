"""Would the gates hold again: drawn anew by clusters, all gates together, and judged as the real figures are."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow
import pytest
import scipy

from readiness.importers.cases import kept, pairs
from readiness.importers.cases.cells import CASES, KEYS, Measure, aggregate, gather, workbench
from readiness.model.policy import Gate
from readiness.scorecard import reruns
from readiness.scorecard.compare import ScorecardRow, compare, pick
from readiness.scorecard.gates import ORDER, GateResult, asked, judge
from readiness.scorecard.intervals import exact
from readiness.scorecard.reruns import Redrawn, Source
from readiness.scorecard.resampling import Runs, shared_clusters
from tests import factories
from tests.factories import BASELINE, CANDIDATE, TODAY
from tests.figures import near

DIGEST = "f" * 64
MEASURES = {
    "task_success": Measure("ratio", "higher"),
    "groundedness": Measure("ratio", "higher"),
    "latency_ms": Measure("ms", "lower"),
}
ONCE = np.ones((1, 100_000), dtype=np.int64)


@dataclass(frozen=True)
class Evaluation:
    """Cases as an importer has them: their figures, side by side, and the runs that are kept."""

    rows: Sequence[ScorecardRow]
    runs: dict[Source, Runs]
    files: dict[tuple[str, ...], str]

    def drawn(self, *gates: Gate, most: int = reruns.RESAMPLINGS) -> Redrawn:
        return reruns.draw(self.judged(*gates), self.rows, self.runs, self.files, most=most)

    def judged(self, *gates: Gate) -> list[GateResult]:
        return judge(gates, self.rows)

    def shares(self, *gates: Gate) -> list[float | None]:
        drawn = self.drawn(*gates)
        return [drawn.share(number) for number in range(len(gates))]


def evaluation(runs: Iterable[dict[str, Any]]) -> Evaluation:
    """From runs of cases, each with `case`, `value` and what else differs."""
    usual = {"version": CANDIDATE, "metric": "task_success", "workflow": None, "cohorts": None, "cluster": None}
    columns = ("version", "workflow", "cohorts", "metric", "value", "case", "cluster")
    names = ("version", "workflow", "cohorts", "metric", "value", "case_id", "cluster_id")
    rows = [[(usual | run)[name] for name in columns] for run in runs]
    with workbench() as connection:
        connection.execute(CASES)
        connection.register("stated", pyarrow.table(dict(zip(names, zip(*rows, strict=True), strict=True))))
        connection.execute(f"INSERT INTO cases ({', '.join(names)}) SELECT * FROM stated")  # noqa: S608
        gather(connection, keys=(*KEYS, "cluster_id IS NULL AS alone"))
        cells, body = aggregate(connection, MEASURES), pairs.outcomes(connection)
    file = factories.evidence(digest=DIGEST)
    picked = pick([(cell, file) for cell in cells], TODAY)
    both = pairs.within(body, DIGEST)
    kept_runs = {(DIGEST, version): one for version, one in kept.runs(body).items()}
    return Evaluation(compare(factories.assessment(), picked.cells, both, picked.files), kept_runs, dict(picked.files))


def passes(passed: int, n: int, **more: Any) -> list[dict[str, Any]]:
    return [{"case": f"c{at}", "value": float(at < passed)} | more for at in range(n)]


def as_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw every cluster exactly once."""
    monkeypatch.setattr(reruns, "_weights", lambda clusters, _: iter([ONCE]) if len(clusters) else iter(()))


def messy(seed: int, *, repeats: bool = False, talks: bool = False) -> list[dict[str, Any]]:
    """Two versions, two workflows and overlapping cohorts, scores and times; some cases under one version only."""
    chance = random.Random(seed)  # noqa: S311
    runs: list[dict[str, Any]] = []
    for at in range(120):
        place: dict[str, Any] = {"case": f"c{at}", "workflow": chance.choice(["refund", "quote", None])}
        place["cohorts"] = chance.choice(["language=de", "language=de;tenant=a", "tenant=a", None])
        place["cluster"] = f"talk {at // 4}" if talks and at % 3 else None
        for version in (BASELINE, CANDIDATE):
            if chance.random() < 0.05:
                continue
            for _ in range(chance.choice([1, 1, 3]) if repeats else 1):
                of_version = place | {"version": version}
                runs.append(of_version | {"value": float(chance.random() < 0.85)})
                runs.append(of_version | {"metric": "groundedness", "value": chance.betavariate(9, 1)})
                runs.append(of_version | {"metric": "latency_ms", "value": chance.lognormvariate(7, 0.5)})
    return runs


EVERY_KIND = [
    Gate.model_validate({"metric": metric, "stat": stat, "workflow": workflow, "cohort": cohort} | bound)
    for metric, stat, bounds in (
        (
            "task_success",
            "mean",
            [{"min": 0.75}, {"min": 0.97}, {"min": 0.8, "max_regression": 0.1}, {"max_regression": 0.0}],
        ),
        ("groundedness", "mean", [{"min": 0.87}, {"max_regression": 0.02}]),
        ("latency_ms", "p95", [{"max": 2600}, {"max": 1200}, {"max": 4000, "max_regression": 900}]),
        ("latency_ms", "p50", [{"max": 1250}]),
        ("latency_ms", "mean", [{"max": 1300}, {"max_regression": 100}]),
    )
    for workflow, cohort in (("*", "*"), ("each", "*"), ("*", "each"), ("refund", "each"))
    for bound in bounds
]


@pytest.mark.parametrize(
    ("seed", "shape"),
    list(enumerate([{}, {}, {"repeats": True}, {"talks": True}, {"repeats": True, "talks": True}])),
)
def test_what_was_measured_drawn_once_each_is_judged_exactly_as_it_was(
    seed: int, shape: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = evaluation(messy(seed, **shape))
    judged = measured.judged(*EVERY_KIND)
    assert {result.state for result in judged} == {"pass", "fail", "inconclusive"}
    as_measured(monkeypatch)
    drawn = measured.drawn(*EVERY_KIND, most=1)
    states = [ORDER[states[0]] for states in drawn.states if states is not None]
    assert states == [result.state for result in judged]


def test_a_gate_on_a_rate_holds_again_as_often_as_the_binomial_says() -> None:
    measured = evaluation(passes(97, 100))
    gate = Gate(metric="task_success", min=0.9)
    enough = [passed for passed in range(101) if exact(passed, 100).low >= 0.9]
    expected = float(scipy.stats.binom.sf(enough[0] - 1, 100, 0.97))
    assert 0.3 < expected < 0.9
    (share,) = measured.shares(gate)
    assert share == near(expected, abs=3 * (0.25 / reruns.RESAMPLINGS) ** 0.5)


def test_gates_on_the_same_cases_hold_together_and_those_on_others_do_not() -> None:
    gates = [Gate(metric="task_success", min=0.9), Gate(metric="groundedness", min=0.9)]
    same = evaluation([*passes(97, 100), *passes(97, 100, metric="groundedness")])
    others = [run | {"case": f"other {run['case']}"} for run in passes(97, 100, metric="groundedness")]
    apart = evaluation([*passes(97, 100), *others])

    def both(measured: Evaluation) -> float:
        drawn = measured.drawn(*gates)
        together = dict(drawn.patterns())
        return together.get(("pass", "pass"), 0) / drawn.resamplings

    one, two = same.shares(*gates)
    assert one == two == both(same)
    shares = [share or 0.0 for share in apart.shares(*gates)]
    assert both(apart) == near(shares[0] * shares[1], abs=0.08)
    assert both(apart) < both(same) - 0.1


def test_a_gate_far_from_its_threshold_holds_always_and_one_far_beyond_never() -> None:
    measured = evaluation(passes(95, 100))
    assert measured.shares(Gate(metric="task_success", min=0.5), Gate(metric="task_success", min=0.999)) == [1.0, 0.0]


def test_versions_that_answered_alike_never_differ_however_they_are_drawn() -> None:
    alike = [*passes(90, 100), *passes(90, 100, version=BASELINE)]
    drawn = evaluation(alike).drawn(Gate(metric="task_success", max_regression=0.05))
    assert drawn.share(0) == 1.0
    assert drawn.clusters == 100


def test_runs_of_a_case_are_drawn_together_so_that_they_say_no_more_than_the_case() -> None:
    once = evaluation(passes(49, 50))
    often = evaluation([run for run in passes(49, 50) for _ in range(8)])
    gate = Gate(metric="task_success", min=0.92)
    (share_once,), (share_often,) = once.shares(gate), often.shares(gate)
    assert often.drawn(gate).clusters == 50
    assert share_often == share_once


def test_the_same_cases_give_the_same_shares() -> None:
    gates = [Gate(metric="task_success", min=0.8), Gate(metric="latency_ms", stat="p95", max=3000)]
    one, two = (evaluation(messy(5)).drawn(*gates) for _ in range(2))
    assert [states.tolist() for states in one.states if states is not None] == [
        states.tolist() for states in two.states if states is not None
    ]


def test_some_resamplings_at_a_time_are_the_same_as_all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    measured, gate = evaluation(passes(97, 100)), Gate(metric="task_success", min=0.9)
    (every,) = measured.drawn(gate).states
    for at_once in (1, 7 * 100):
        monkeypatch.setattr(reruns, "_AT_ONCE", at_once)
        (some,) = measured.drawn(gate).states
        assert every is not None
        assert some is not None
        assert some.tolist() == every.tolist()


@pytest.mark.parametrize(("stat", "parts"), [("mean", {"candidate", "pairs"}), ("p95", {"candidate", "baseline"})])
def test_means_of_the_same_cases_are_drawn_as_pairs_and_quantiles_of_each_version(stat: Any, parts: set[str]) -> None:
    measured = evaluation(messy(1))
    gate = Gate(metric="latency_ms", stat=stat, max_regression=100)
    (result,), (row,) = measured.judged(gate), asked(gate, measured.rows)
    clusters = dict(zip(measured.runs, shared_clusters([*measured.runs.values()]), strict=True))
    planned = reruns._row(result, row, measured.runs, clusters, measured.files)
    assert planned is not None
    assert set(planned.figures(ONCE)) == parts


def test_no_share_is_told_of_a_gate_whose_cases_are_not_those_that_are_kept() -> None:
    measured = evaluation([*passes(97, 100), *passes(97, 100, metric="groundedness")])
    rows = [
        row if row.metric == "task_success" or row.candidate is None
        else ScorecardRow(row.metric, row.workflow, row.cohort, None, row.candidate.model_copy(update={"n": 120}))
        for row in measured.rows
    ]  # fmt: skip
    gates = [Gate(metric="task_success", min=0.9), Gate(metric="groundedness", min=0.9)]
    drawn = reruns.draw(judge(gates, rows), rows, measured.runs, measured.files)
    assert drawn.share(0) is not None
    assert drawn.share(1) is None
    assert list(drawn.patterns()) == []


def test_what_has_no_data_or_too_few_cases_passes_in_no_rerun() -> None:
    measured = evaluation(passes(97, 100))
    gates = [
        Gate(metric="task_success", min=0.5),
        Gate(metric="task_success", min=0.5, min_n=200),
        Gate(metric="groundedness", min=0.5),
    ]
    assert measured.shares(*gates) == [1.0, 0.0, 0.0]
    nothing = measured.drawn(gates[2])
    assert (nothing.share(0), nothing.resamplings, nothing.clusters) == (0.0, 1, 0)
    assert list(nothing.patterns()) == [(("missing",), 1)]


def test_many_cases_are_drawn_less_often_and_too_many_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    measured, gate = evaluation(passes(97, 100)), Gate(metric="task_success", min=0.9)
    monkeypatch.setattr(reruns, "MOST_DRAWN", 100 * 200)
    assert measured.drawn(gate).resamplings == 200
    monkeypatch.setattr(reruns, "MOST_DRAWN", 100 * (reruns.FEWEST - 1))
    drawn = measured.drawn(gate)
    assert (drawn.resamplings, drawn.share(0), drawn.clusters) == (0, None, 100)


def test_a_critical_case_that_failed_fails_in_every_rerun_and_leaves_the_other_gates_their_shares() -> None:
    listed = [{"case": f"k{at}", "value": float(at > 0), "cohorts": "severity=critical"} for at in range(12)]
    gates = [Gate(metric="task_success", min=0.5), Gate(metric="groundedness", min=0.5)]
    measured = evaluation([*passes(97, 100), *listed, *passes(97, 100, metric="groundedness")])
    assert [result.state for result in measured.judged(*gates)] == ["fail", "pass"]
    drawn = measured.drawn(*gates)
    assert [drawn.share(0), drawn.share(1)] == [0.0, 1.0]
    assert [pattern for pattern, _ in drawn.patterns()] == [("fail", "pass")]


def test_a_critical_case_without_a_score_keeps_its_gate_from_passing_in_every_rerun() -> None:
    listed = [{"case": f"k{at}", "value": 1.0, "cohorts": "severity=critical"} for at in range(12)]
    listed[0]["value"] = None
    measured = evaluation([*passes(97, 100), *listed])
    gates = [Gate(metric="task_success", min=0.5, max_unscored=0.5), Gate(metric="task_success", min=0.5, stat="p50")]
    (first, _) = measured.judged(*gates)
    assert first.state == "inconclusive"
    assert measured.shares(gates[0]) == [0.0]


def test_critical_cases_of_which_none_failed_change_no_share() -> None:
    listed = [{"case": f"k{at}", "value": 1.0, "cohorts": "severity=critical"} for at in range(12)]
    gate = Gate(metric="task_success", min=0.9)
    with_critical = evaluation([*passes(85, 88), *listed]).shares(gate)
    assert with_critical == evaluation([*passes(85, 88), *passes_more(12)]).shares(gate)


def passes_more(n: int) -> list[dict[str, Any]]:
    return [{"case": f"k{at}", "value": 1.0} for at in range(n)]


def test_the_shares_are_those_of_draws_that_anybody_can_repeat() -> None:
    measured, gate = evaluation(passes(97, 100)), Gate(metric="task_success", min=0.9)
    (runs,) = measured.runs.values()
    (clusters,) = shared_clusters([runs])
    passed = np.zeros(100)
    passed[clusters] = runs.value
    enough = min(count for count in range(101) if exact(count, 100).low >= 0.9)
    random = np.random.default_rng(1979)
    held = [passed[random.integers(0, 100, 100)].sum() >= enough for _ in range(500)]
    drawn = measured.drawn(gate)
    assert (drawn.resamplings, drawn.clusters) == (500, 100)
    assert drawn.share(0) == sum(held) / 500


def test_many_rows_are_judged_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    split = [*passes(48, 50, cohorts="language=de"), *passes(49, 50, cohorts="language=ja")]
    measured = evaluation([run | {"case": f"{run['case']} {run['cohorts']}"} for run in split])
    gates = [Gate(metric="task_success", min=0.8), Gate(metric="task_success", cohort="each", min=0.5)]
    monkeypatch.setattr(reruns, "MOST_JUDGED", 900)
    assert measured.drawn(gates[0]).resamplings == 500
    assert measured.drawn(*gates).resamplings == 300
    monkeypatch.setattr(reruns, "MOST_JUDGED", 299)
    assert reruns.FEWEST == 100
    assert measured.drawn(*gates).resamplings == 0
    assert measured.drawn(*gates).states == (None, None)
    assert measured.drawn(*gates, most=60).resamplings == 60


def test_a_gate_on_several_rows_holds_where_the_worst_of_them_does() -> None:
    split = [*passes(100, 100, cohorts="language=de"), *passes(93, 100, cohorts="language=ja")]
    measured = evaluation([run | {"case": f"{run['case']} {run['cohorts']}"} for run in split])
    every = Gate(metric="task_success", cohort="each", min=0.9)
    one = Gate(metric="task_success", cohort="language=ja", min=0.9)
    sure = Gate(metric="task_success", cohort="language=de", min=0.9)
    of_every, of_one, of_sure = measured.shares(every, one, sure)
    assert (of_every, of_sure) == (of_one, 1.0)
    assert of_one is not None
    assert 0 < of_one < 0.6


def test_patterns_count_how_often_all_gates_stood_so_together() -> None:
    measured = evaluation(passes(97, 100))
    drawn = measured.drawn(Gate(metric="task_success", min=0.9), Gate(metric="task_success", min=0.5))
    patterns = dict(drawn.patterns())
    assert set(patterns) == {("pass", "pass"), ("inconclusive", "pass")}
    assert sum(patterns.values()) == 500
    assert patterns["pass", "pass"] / 500 == drawn.share(0)
