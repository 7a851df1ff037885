"""Whether a judge agrees with people: κ and its interval by hand, and which stored labels count for which judge."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from readiness.errors import InputError
from readiness.model.cells import Cell
from readiness.model.evidence import Evidence
from readiness.model.judges import Judge, base, judge_of
from readiness.model.policy import Gate
from readiness.scorecard import bounds
from readiness.scorecard.bounds import Sample
from readiness.scorecard.compare import compare
from readiness.scorecard.gate_words import reason
from readiness.scorecard.gates import judge as judge_gates
from readiness.scorecard.intervals import Interval, exact
from readiness.scorecard.judges import Agreement, Labels, checked, disagreements
from tests.factories import CANDIDATE, TODAY, assessment, cell, evidence
from tests.figures import near

LABELS = Labels(hit=70, missed=5, rejected=38, accepted=7)
NAMED = Judge(metric="groundedness", judge="model-x", prompt="v3")


def labelled(metric: str = "groundedness", labels: Labels = LABELS, version: str = "this file") -> list[Cell]:
    """The figures that the importer keeps of labels."""
    people = {
        "tpr": (labels.hit, labels.hit + labels.missed),
        "tnr": (labels.rejected, labels.rejected + labels.accepted),
    }
    kappa = Cell(version=version, metric=f"judge_kappa/{metric}", n=labels.n, mean=labels.kappa)
    rates = [
        Cell(version=version, metric=f"judge_{kind}/{metric}", unit="ratio", n=of, mean=met / of, passed=met)
        for kind, (met, of) in people.items()
        if of
    ]
    return [kappa, *rates]


def told(judge: Judge, *cells: Cell, file: Evidence | None = None) -> str:
    return checked([judge], [(one, file or evidence()) for one in cells], TODAY)["groundedness"][0].told


def test_kappa_is_the_agreement_beyond_chance() -> None:
    """By hand: 0.9 agree, and 75/120 · 77/120 + 45/120 · 43/120 would by chance."""
    chance = 75 / 120 * 77 / 120 + 45 / 120 * 43 / 120
    assert LABELS.kappa == near((0.9 - chance) / (1 - chance))


def test_the_interval_of_kappa_is_that_of_the_agreement_and_never_a_point() -> None:
    agreement, chance = exact(108, 120), LABELS.chance
    interval = LABELS.interval
    assert interval is not None
    assert interval.low == near((agreement.low - chance) / (1 - chance))
    assert interval.high == near((agreement.high - chance) / (1 - chance))
    alike = Labels(10, 0, 10, 0).interval
    assert alike is not None
    assert alike.low < 0.7
    assert alike.high == 1.0


@pytest.mark.parametrize(
    ("labels", "chance", "kappa"),
    [
        (Labels(hit=20, missed=5, rejected=15, accepted=10), 0.5, 0.4),
        (Labels(hit=45, missed=15, rejected=15, accepted=25), 0.54, 0.13043478),
        (Labels(hit=10, missed=0, rejected=10, accepted=0), 0.5, 1.0),
        (Labels(hit=0, missed=10, rejected=0, accepted=10), 0.5, -1.0),
    ],
)
def test_kappa_is_that_of_hand_made_examples(labels: Labels, chance: float, kappa: float) -> None:
    assert labels.chance == near(chance)
    assert labels.kappa == near(kappa, rel=1e-6)


def test_an_agreement_far_below_chance_leaves_kappa_at_minus_one_at_least() -> None:
    """One of three agree where 5/9 would by chance: the exact limit of 0.8 % is 1.2 times as far below as κ can be."""
    interval = Labels(hit=1, missed=1, rejected=0, accepted=1).interval
    assert interval is not None
    assert interval.low == -1.0
    assert interval.high == near((exact(1, 3).high - 5 / 9) * 9 / 4)


def test_where_all_labels_are_one_kappa_cannot_be_told() -> None:
    assert (Labels(20, 0, 0, 0).kappa, Labels(20, 0, 0, 0).interval) == (None, None)
    assert (Labels(0, 0, 0, 0).kappa, Labels(0, 0, 0, 0).interval) == (None, None)
    assert "one label, so that κ cannot be told" in told(NAMED, *labelled(labels=Labels(20, 0, 0, 0))[:2])


def test_a_judge_without_agreement_is_not_checked() -> None:
    assert told(NAMED) == "judge not checked"


def test_stored_labels_say_how_far_the_judge_agrees() -> None:
    assert told(NAMED, *labelled()) == "judge agrees with people: κ 0.78 (n 120, 95 % interval 0.64 to 0.89)"


def test_the_agreement_of_labels_holds_how_often_each_label_is_met() -> None:
    (check,) = checked([NAMED], [(one, evidence()) for one in labelled()], TODAY)["groundedness"]
    assert check.agreement == Agreement(120, LABELS.kappa, LABELS.interval, 70 / 75, 38 / 45, stated=False)
    assert check.sentence.startswith("scored by model-x, prompt v3: judge agrees with people: κ 0.78 (n 120, ")


def test_labels_whose_counts_are_not_all_there_have_no_interval() -> None:
    kappa, tpr, tnr = labelled()
    assert told(NAMED, kappa) == told(NAMED, kappa, tpr) == told(NAMED, kappa, tnr)
    assert told(NAMED, kappa) == "judge agrees with people: κ 0.78 (n 120)"
    assert told(NAMED, tpr, tnr) == "judge not checked"
    many = kappa.model_copy(update={"n": 1_200})
    assert told(NAMED, many) == "judge agrees with people: κ 0.78 (n 1,200)"
    assert told(NAMED, many.model_copy(update={"mean": None})).startswith("judge and people gave all 1,200 cases one")


@pytest.mark.parametrize("labels", [Labels(0, 10, 8, 2), Labels(8, 2, 0, 10), Labels(15, 5, 0, 0), Labels(0, 0, 15, 5)])
def test_labels_of_which_one_is_never_met_or_never_given_have_their_interval(labels: Labels) -> None:
    """Also where a file says of a label that nobody gave that it was met in 0 of 0 cases."""
    kept = labelled(labels=labels)
    there = {one.metric for one in kept}
    nobody = [
        Cell(version="this file", metric=metric, n=0, passed=0)
        for metric in ("judge_tpr/groundedness", "judge_tnr/groundedness")
        if metric not in there
    ]
    for cells in (kept, [*kept, *nobody]):
        (check,) = checked([NAMED], [(one, evidence()) for one in cells], TODAY)["groundedness"]
        assert check.agreement is not None
        assert check.agreement.interval == labels.interval is not None


def test_of_several_labels_those_measured_last_count_and_of_one_day_those_of_the_last_version() -> None:
    worse, older = Labels(50, 25, 30, 15), evidence("older.csv", measured_on=TODAY - dt.timedelta(days=3))
    last = [(one, evidence("labels.csv")) for one in labelled()]
    before = [(one, older) for one in labelled(labels=worse, version="zz")]
    versions = [(one, evidence("labels.csv")) for one in labelled(labels=worse, version="a")]
    for cells in (last + before, before + last, last + versions, versions + last):
        assert "κ 0.78 (n 120, " in checked([NAMED], cells, TODAY)["groundedness"][0].told


@pytest.mark.parametrize("place", [{"workflow": "refund"}, {"dimension": "language", "value": "de"}])
def test_labels_of_some_cases_only_count_for_nothing(place: dict[str, str]) -> None:
    some = [one.model_copy(update=place) for one in labelled(labels=Labels(50, 25, 30, 15))]
    assert told(NAMED, *some) == "judge not checked"
    assert "κ 0.78" in told(NAMED, *labelled(), *some)


def test_judges_stand_by_metric_in_the_order_of_the_policy() -> None:
    judges = [Judge(metric=metric, judge=name) for metric, name in (("a", "x"), ("b", "y"), ("a", "z"))]
    found = checked(judges, [(one, evidence()) for one in labelled("a")], TODAY)
    assert {metric: [check.judge.judge for check in checks] for metric, checks in found.items()} == {
        "a": ["x", "z"],
        "b": ["y"],
    }
    assert [check.agreement is None for check in (*found["a"], *found["b"])] == [False, False, True]


def test_labels_that_name_another_judge_or_are_stale_count_for_nothing() -> None:
    assert told(NAMED, *labelled("groundedness@model-y")) == "judge not checked"
    stale = evidence(measured_on=TODAY - dt.timedelta(days=31))
    assert told(NAMED, *labelled(), file=stale) == "judge not checked"


def test_labels_that_name_the_judge_come_before_those_that_name_the_metric_only() -> None:
    worse = Labels(50, 25, 30, 15)
    assert "κ 0.78" in told(NAMED, *labelled("groundedness@model-x"), *labelled(labels=worse))


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"n": 120, "kappa": 0.78}, "κ 0.78 (n 120, 95 % interval 0.64 to 0.88, as stated)"),
        ({"n": 120, "tpr": 0.9, "tnr": 0.88}, "κ 0.78 (n 120, 95 % interval 0.64 to 0.88, as stated)"),
    ],
)
def test_a_stated_agreement_is_said_to_be_stated(stated: dict[str, Any], words: str) -> None:
    assert words in told(NAMED.model_copy(update=stated))


def test_what_is_stated_is_kept_as_it_is_and_gives_way_to_stored_labels() -> None:
    stated = NAMED.model_copy(update={"n": 50, "kappa": 0.5, "tpr": 0.9, "tnr": 0.7})
    (check,) = checked([stated], [], TODAY)["groundedness"]
    agreement = exact(0.75 * 50, 50)
    assert check.agreement == Agreement(
        50, 0.5, Interval(near(2 * agreement.low - 1), near(2 * agreement.high - 1)), 0.9, 0.7, stated=True
    )
    assert "κ 0.78 (n 120, 95 % interval 0.64 to 0.89)" in told(stated, *labelled())


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"kappa": 0.8}, "without the number of cases; expected n"),
        ({"n": 100, "tpr": 0.8}, "expected both"),
        ({"n": 100}, "expected kappa, or tpr and tnr"),
        ({"n": 100, "kappa": 1.2}, "kappa"),
        ({"judge": " "}, "expected metric and judge"),
    ],
)
def test_half_an_agreement_is_refused(fields: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        Judge.checked(**{"metric": "groundedness", "judge": "model-x"} | fields)


@pytest.mark.parametrize(
    ("metric", "parts"),
    [
        ("groundedness@model-x", ("groundedness", "model-x")),
        ("recall@5", ("recall@5", "")),
        ("recall@5@model-x", ("recall@5", "model-x")),
        ("groundedness", ("groundedness", "")),
    ],
)
def test_the_name_of_a_metric_tells_its_judge(metric: str, parts: tuple[str, str]) -> None:
    assert (base(metric), judge_of(metric)) == parts


def test_two_judges_of_a_metric_are_set_against_each_other_and_never_averaged() -> None:
    rows = compare(assessment(), [cell(mean=0.95, metric="safe@model-x"), cell(mean=0.80, metric="safe@model-y")])
    (told_apart,) = disagreements(rows, "safe@model-x")
    assert told_apart.sentence.startswith(
        f"{CANDIDATE}: model-x 95.0 % (n 400) against model-y 80.0 % (n 400); they differ by +15.0 points, 95 %"
    )
    assert told_apart.difference is not None
    assert told_apart.difference.interval == bounds.difference(Sample(0.95, 400), Sample(0.80, 400))


def test_a_gate_on_a_metric_of_several_judges_asks_each_and_names_the_worst() -> None:
    rows = compare(assessment(), [cell(mean=0.95, metric="safe@model-x"), cell(mean=0.80, metric="safe@model-y")])
    (result,) = judge_gates([Gate(metric="safe", min=0.9)], rows)
    assert result.state == "fail"
    assert "80.0 % [75.1 % to 84.3 % as the worst of 2] for all cases by model-y (n 400)" in reason(result)
