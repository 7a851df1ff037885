"""Two judges of one metric on the cases that both scored, by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from readiness.model.cells import Cell
from readiness.scorecard import bounds, intervals, judge_pairs, uncertainty
from readiness.scorecard.compare import compare
from readiness.scorecard.judges import Disagreement, Labels, disagreements
from readiness.scorecard.resampling import Runs
from readiness.scorecard.uncertainty import Pairs
from tests.factories import CANDIDATE, assessment, cell
from tests.figures import near
from tests.scorecard.test_resampling import Run, runs

ONE, OTHER = "safe@x", "safe@y"


def judged(one: list[Run], other: list[Run], clusters: dict[str, int] | None = None, **fields: Any) -> Disagreement:
    """The two judges over what each scored, on the cases that both did."""
    kept = runs(*one, *other, clusters=clusters, metric=[ONE] * len(one) + [OTHER] * len(other))
    sides = [side(ONE, one, fields, clusters), side(OTHER, other, fields, clusters)]
    return on(sides, {("f", CANDIDATE): kept})


def on(sides: list[Cell], kept: dict[tuple[str, str], Runs]) -> Disagreement:
    files: dict[tuple[str, ...], str] = {(CANDIDATE, name, "*", "*"): "f" for name in (ONE, OTHER)}
    (told,) = judge_pairs.on_pairs(disagreements(compare(assessment(), sides), "safe"), kept, files)
    return told


def side(metric: str, scored: list[Run], fields: dict[str, Any], clusters: dict[str, int] | None) -> Cell:
    mean = sum(value for _, value in scored) / len(scored)
    units = {(clusters or {}).get(case, case) for case, _ in scored}
    counts = {} if len(units) == len(scored) else {"clusters": len(units), "cases": len({case for case, _ in scored})}
    usual: dict[str, Any] = {"n": len(scored), "metric": metric, "passed": None, "se": 0.1 if counts else None}
    return cell(CANDIDATE, mean, **usual | counts | fields)


def scores(text: str, first: str = "a") -> list[Run]:
    return [(chr(ord(first) + at), float(value)) for at, value in enumerate(text.split())]


def test_judges_are_set_against_each_other_on_the_cases_that_both_scored() -> None:
    told = judged(scores("1 1 0 1 1"), scores("1 0 0 0 1 1", "b"))
    shared = told.shared
    assert shared is not None
    assert (shared.cases, shared.differ, shared.change) == (4, 2, near(0.5))
    assert shared.labels == Labels(hit=1, missed=2, rejected=1, accepted=0)
    assert shared.interval == intervals.exact(2, 4)
    pairs = Pairs(4, 4, 0.25, 0.75, None, both=1, only_baseline=0, only_candidate=2, neither=1)
    expected = uncertainty.difference(told.other, told.one, pairs)
    assert told.difference is not None
    assert expected is not None
    assert told.difference.interval == expected.interval
    assert told.difference.method == "the same 4 of 6 cases under both versions"


def test_a_case_is_set_against_itself_wherever_it_stands() -> None:
    told = judged(scores("1 1 1 0"), scores("0 0 1 1", "c"))
    assert told.shared is not None
    assert told.shared.labels == Labels(hit=0, missed=1, rejected=1, accepted=0)
    assert (told.shared.differ, told.shared.change) == (1, near(0.5))


def test_there_are_labels_only_where_both_judges_pass_or_fail_each_case() -> None:
    plain, graded = scores("1 0 1 1"), scores("0.5 0 1 0.25")
    for one, other in ((plain, graded), (graded, plain)):
        shared = judged(one, other, sd=0.3).shared
        assert shared is not None
        assert (shared.labels, shared.differ) == (None, 2)


def test_graded_scores_have_no_labels_and_spread_by_their_differences() -> None:
    one, other = scores("0.9 0.5 0.25 1"), scores("0.7 0.5 0.75 0.6")
    told = judged(one, other, sd=0.3)
    shared = told.shared
    assert shared is not None
    assert (shared.labels, shared.differ) == (None, 3)
    moved = np.array([first - second for (_, first), (_, second) in zip(one, other, strict=True)])
    assert shared.change == near(float(moved.mean()))
    pairs = Pairs(4, 4, 0.6375, 0.6625, float(moved.std(ddof=1)))
    expected = uncertainty.difference(told.other, told.one, pairs)
    assert told.difference is not None
    assert expected is not None
    assert (told.difference.interval.low, told.difference.interval.high) == (
        near(expected.interval.low),
        near(expected.interval.high),
    )


def test_of_cases_in_clusters_the_share_that_differs_is_that_of_the_clusters() -> None:
    clusters = {"a": 7, "b": 7, "c": 8, "d": 9}
    told = judged(scores("1 1 1 0 1"), scores("0 0 1 0 0"), clusters)
    shared = told.shared
    assert shared is not None
    assert (shared.cases, shared.differ, shared.labels) == (5, 3, None)
    groups, share = [[1, 1], [0], [0], [1]], 3 / 5
    squares = sum((sum(group) - share * len(group)) ** 2 for group in groups)
    se = math.sqrt(squares * 4 / 3) / 5
    expected = bounds.interval(bounds.clustered(share, se, 4, effective=25 / 7))
    assert (shared.interval.low, shared.interval.high) == (near(expected.low), near(expected.high))
    paired = uncertainty.difference(told.other, told.one, Pairs(5, 4, 0.2, 0.8, se * math.sqrt(4)))
    assert told.difference is not None
    assert paired is not None
    assert told.difference.method == paired.method == "the same 5 cases in 4 clusters under both versions"
    assert (told.difference.interval.low, told.difference.interval.high) == (
        near(paired.interval.low),
        near(paired.interval.high),
    )


def test_two_clusters_are_enough_to_tell_how_far_they_spread() -> None:
    """One of two cases differs in the first and none in the second: a standard error of ¼."""
    told = judged(scores("1 1 1 1"), scores("0 1 1 1"), {"a": 7, "b": 7, "c": 8, "d": 8})
    expected = bounds.interval(bounds.clustered(0.25, 0.25, 2))
    assert told.shared is not None
    assert (told.shared.interval.low, told.shared.interval.high) == (near(expected.low), near(expected.high))


def test_one_cluster_alone_leaves_the_share_open() -> None:
    told = judged(scores("1 1"), scores("0 1"), {"a": 7, "b": 7})
    assert told.shared is not None
    assert (told.shared.interval.low, told.shared.interval.high) == (0.0, 1.0)


def test_where_runs_are_not_kept_or_no_case_is_shared_the_judges_stand_as_independent() -> None:
    sides = [side(ONE, scores("1 1 0 1"), {}, None), side(OTHER, scores("1 0 0 0"), {}, None)]
    (apart,) = disagreements(compare(assessment(), sides), "safe")
    assert on(sides, {}).shared is None
    other_version = {("f", "2026.05"): runs(*scores("1 1 0 1"), metric=[ONE] * 4)}
    assert on(sides, other_version) == apart
    only_one = {("f", CANDIDATE): runs(*scores("1 1 0 1"), metric=[ONE] * 4)}
    assert on(sides, only_one) == apart
    assert judged(scores("1 1 0 1"), scores("1 0 0 0", "p")).shared is None


def test_two_judges_are_told_with_how_far_they_agree_on_the_cases_they_share() -> None:
    told = judged(scores("1 1 0 1"), scores("1 0 0 0"))
    assert told.shared is not None
    labels = told.shared.labels
    assert labels is not None
    assert labels.interval is not None
    kappa = f"κ {labels.kappa:.2f} ({labels.interval.low:.2f} to {labels.interval.high:.2f})"
    sides = f"{CANDIDATE}: x 75.0 % (n 4) against y 25.0 % (n 4)"
    assert told.sentence.startswith(f"{sides}; of the 4 cases that both judged they differ in 2 (50.0 %, ")
    assert f"), {kappa}; they differ by +50.0 points, 95 % interval " in told.sentence
    assert not told.sentence.endswith("are not kept")
    graded = judged(scores("0.5 1 0 1"), scores("1 0 0 0"), sd=0.3)
    assert "κ" not in graded.sentence
    alike = judged(scores("1 1"), scores("1 1"))
    assert "they differ in 0 (0 %" in alike.sentence.replace("0.0 %", "0 %")
    assert ", where κ cannot be told since both gave every case one label; they differ by " in alike.sentence


def test_two_judges_of_other_cases_are_told_as_such() -> None:
    sides = [side(ONE, scores("1 1 0 1"), {}, None), side(OTHER, scores("1 0 0 0"), {}, None)]
    apart = on([one.model_copy(update={"passed": passed}) for one, passed in zip(sides, (3, 1), strict=True)], {})
    assert apart.sentence.endswith(", as of different cases, since those that both judged are not kept")
    assert "they differ by +50.0 points, 95 % interval " in apart.sentence
    unsure = Disagreement("safe", sides[0], sides[1], None)
    assert unsure.sentence.endswith("; they differ by +50.0 points, with an interval that is not known")
    bare = Disagreement("safe", sides[0].model_copy(update={"mean": None}), sides[1], None)
    assert bare.sentence.endswith("; their difference cannot be told")
    unnamed = Disagreement("safe", sides[0].model_copy(update={"metric": "safe"}), sides[1], None)
    assert unnamed.sentence.startswith(f"{CANDIDATE}: no named judge 75.0 % (n 4) against y 25.0 % (n 4); ")


def test_judges_are_paired_over_all_cases_of_a_version_in_the_same_unit() -> None:
    cells = [
        cell(mean=0.9, metric=ONE),
        cell(mean=0.8, metric=OTHER),
        cell(mean=0.7, metric="safe@z"),
        cell(mean=4.0, metric="safe@stars", unit="stars", passed=None),
        cell(mean=0.1, metric=ONE, workflow="refund"),
        cell(mean=0.1, metric=ONE, dimension="language", value="de"),
        cell(mean=None, metric="safe@none", n=0),
        cell(mean=0.9, metric="mood@x"),
    ]
    told = disagreements(compare(assessment(), cells), OTHER)
    assert [(one.metric, one.one.metric, one.other.metric) for one in told] == [
        ("safe", ONE, OTHER),
        ("safe", ONE, "safe@z"),
        ("safe", OTHER, "safe@z"),
    ]
    before = disagreements(compare(assessment(), [cell("2026.08", 0.9, metric=name) for name in (ONE, OTHER)]), ONE)
    assert [one.one.version for one in before] == ["2026.08"]
