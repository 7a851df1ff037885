"""The weeks of a rollout: what was promised against what was measured, and monitoring that stops."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

import pytest

from readiness.decision import weeks
from readiness.decision.weeks import ObservedWeek
from readiness.model.cells import Cell
from readiness.model.evidence import Doubt, ReadAs
from readiness.model.monitoring import Alert
from readiness.model.policy import Gate, RolloutStage
from readiness.model.stages import StageStep, StoredStep
from readiness.portfolio import status
from readiness.review import signoff
from readiness.review import weeks as words
from readiness.review.review import Review
from tests import factories
from tests.decided import DAY
from tests.factories import CANDIDATE, TODAY
from tests.review.dossiers import RESULTS, file, good, reviewed, revision

CANARY = [RolloutStage(name="canary", share=0.05), RolloutStage(name="all", share=1)]
FIRST, SECOND = 21, 22
BEGAN = TODAY - 10 * DAY


def step(action: Any, stage: str, day: dt.date) -> StoredStep:
    at = dt.datetime.combine(day, dt.time(9), dt.UTC)
    return StoredStep(1, 4, StageStep(action=action, stage=stage, advice=action, note="seen"), "omar", at)


def measured(rate: float, ja: float = 0.9, n: int = 900, metric: str = "task_success") -> list[Cell]:
    return [
        factories.cell(CANDIDATE, value, metric=metric, dimension=of, value=to, n=n, stated=True)
        for of, to, value in (("*", "*", rate), ("language", "ja", ja), ("language", "de", rate))
    ]


def review(
    *found: Cell, on: dt.date = BEGAN + 2 * DAY, steps: Sequence[StoredStep] | None = None, **fields: Any
) -> Review:
    live = factories.evidence("live.csv", measured_on=on, options=ReadAs(stage="canary"))
    promised = [
        factories.cell(CANDIDATE, 0.9, metric="task_success", dimension=of, value=to, n=900, stated=True)
        for of, to in (("*", "*"), ("language", "ja"), ("language", "de"))
    ]
    gates = [Gate(metric="task_success", cohort="each", min=0.8), Gate(metric="task_success", max_regression=0.1)]
    stated: dict[str, Any] = {
        "policy": revision(factories.policy(stages=CANARY, gates=gates)),
        "evidence": file(factories.evidence()) | (file(live, FIRST) if found else {}),
        "cells": [*((RESULTS, cell) for cell in promised), *((FIRST, cell) for cell in found)],
        "traces": (),
        "steps": (step("advance", "canary", BEGAN),) if steps is None else steps,
    }
    return reviewed(**stated | fields)


def first(of: Review) -> ObservedWeek:
    return words.observed(of, words.of(of)[0])


def plan(*alerts: Alert, watch: Any = (), cadence: str = "weekly") -> Any:
    return revision(factories.monitoring(alerts=list(alerts), watch_list=list(watch), review_cadence=cadence))


def test_weeks_are_counted_from_the_day_the_rollout_began() -> None:
    there = words.of(review())
    assert [(week.number, week.first, week.last) for week in there] == [
        (1, BEGAN, BEGAN + 6 * DAY),
        (2, BEGAN + 7 * DAY, BEGAN + 13 * DAY),
    ]


def test_a_rollout_that_was_rolled_back_has_no_weeks_until_it_begins_again() -> None:
    begun, back = step("advance", "canary", BEGAN), step("roll back", "", BEGAN + 2 * DAY)
    again = step("advance", "canary", BEGAN + 4 * DAY)
    assert words.of(review(steps=(begun, back))) == []
    assert words.of(review(steps=(begun, back, again)))[0].first == BEGAN + 4 * DAY
    assert weeks.begun([begun, back, again], BEGAN) == BEGAN, "as it was on an earlier day"
    dark = (step("advance", "Shadow", BEGAN), step("advance", "canary", BEGAN + 3 * DAY))
    assert words.of(review(steps=dark))[0].first == BEGAN + 3 * DAY, "a shadow answers nobody"
    held = (begun, step("hold", "canary", BEGAN + DAY), step("advance", "all", BEGAN + 5 * DAY))
    assert words.of(review(steps=held))[0].first == BEGAN


def test_a_week_that_goes_as_promised_says_so_with_its_counts() -> None:
    went = review(*measured(0.9), monitoring=plan(Alert(metric="task_success", condition="low", min=0.7)))
    assert first(went).state == "kept"
    assert words.sentence(went, first(went)) == "Week 1 went as promised: 2 of 2 bounds kept, no figure surely worse."


@pytest.mark.parametrize(
    ("found", "state", "told"),
    [
        (measured(0.9, ja=0.7), "off", "1 bound broken and 1 figure surely worse than promised"),
        (measured(0.9, ja=0.84), "off", "1 figure surely worse than promised"),
        (measured(0.9, n=5), "unclear", "0 of 1 bound kept"),
        (measured(0.9)[:1], "unclear", "2 figures not measured"),
        ([], "silent", "was not measured"),
    ],
)
def test_a_week_is_off_where_a_bound_breaks_or_a_figure_is_surely_worse_and_too_little_is_never_a_pass(
    found: list[Cell], state: str, told: str
) -> None:
    went = review(*found)
    assert first(went).state == state
    assert told in words.sentence(went, first(went))


def test_an_alert_fires_on_what_was_measured_and_one_in_words_alone_stays_open() -> None:
    by_cohort = Alert(metric="task_success", condition="low for a language", cohort="each", min=0.88)
    seen = first(review(*measured(0.95, ja=0.8), monitoring=plan(by_cohort, Alert(metric="drift", condition="much"))))
    assert [answer.fired for answer in seen.alerts] == [True, False]
    assert seen.alerts[1].result is None


def test_figures_count_in_the_week_in_which_they_were_measured_and_the_last_of_a_week_count() -> None:
    later = factories.evidence("later.csv", measured_on=BEGAN + 3 * DAY, options=ReadAs(stage="all"))
    early = factories.evidence("live.csv", measured_on=BEGAN + 2 * DAY, options=ReadAs(stage="canary"))
    cells = [*((FIRST, cell) for cell in measured(0.5)), *((SECOND, cell) for cell in measured(0.9))]
    both: dict[str, Any] = {"evidence": file(factories.evidence()) | file(early, FIRST) | file(later, SECOND)}
    went = review(cells=[*((RESULTS, cell) for cell in good()), *cells], **both)
    overall = next(row for row in first(went).measured if row.cohort == "*")
    assert overall.candidate is not None
    assert overall.candidate.mean == 0.9
    assert words.observed(went, words.of(went)[1]).state == "silent"


def test_the_watch_list_is_answered_by_the_figures_that_it_names() -> None:
    watch = ["Task success by language", "Task success in ja", "task_success", "What brokers say"]
    went = review(*measured(0.9, ja=0.7), monitoring=plan(watch=watch))
    seen = first(went)
    assert [[row.cohort for row in answer.rows] for answer in seen.watch] == [
        ["language=de", "language=ja"],
        ["language=ja"],
        ["*"],
        [],
    ]
    assert [figures for _, figures, _ in words.watched(went, seen)] == [
        "✕ worse for language=ja",
        "✕ worse for language=ja",
        "✓ none of 1 figure surely worse",
        "",
    ]


@pytest.mark.parametrize(("cadence", "allowed"), [("weekly", 7), ("daily", 1), ("every two weeks", 14)])
def test_monitoring_that_stops_is_told_from_the_day_the_plan_would_have_looked(cadence: str, allowed: int) -> None:
    last = BEGAN + 2 * DAY

    def on(day: dt.date) -> Review:
        return reviewed(
            as_of=day,
            traces=(),
            steps=(step("advance", "canary", BEGAN),),
            monitoring=revision(factories.monitoring(review_cadence=cadence)),
            evidence=file(factories.evidence())
            | file(factories.evidence("live.csv", measured_on=last, options=ReadAs(stage="canary")), FIRST),
            cells=[*((RESULTS, cell) for cell in good()), *((FIRST, cell) for cell in measured(0.9))],
        )

    in_time, late = on(last + allowed * DAY), on(last + (allowed + 1) * DAY)
    assert "outcome-monitoring" not in {answer.signal.id for answer in in_time.unevidenced}
    assert in_time.findings["outcome-monitoring"].outcome == "supports"
    finding = late.findings["outcome-monitoring"]
    assert finding.outcome == "silent", "what is missing is never called contradicted"
    assert "nothing was measured in operation since 12 Nov 2026" in finding.why
    assert status.of(in_time).valid_until < late.as_of, "what is kept is worked out again by then"


def test_monitoring_of_what_does_not_run_does_not_stop() -> None:
    assert weeks.silent_since(review(steps=()).facts, TODAY + 300 * DAY) is None


def test_figures_of_operation_change_no_scorecard_and_no_signature() -> None:
    before, after = review(), review(*measured(0.2, ja=0.2))
    assert before.rows == after.rows
    assert before.gates == after.gates
    assert signoff.changed(after, signoff.seen(before)) == ()


def test_of_weeks_that_are_as_good_as_promised_few_are_called_worse() -> None:
    """Six cohorts share the error of a week: at most 5 % of weeks name any of them, here within chance of 300 weeks."""
    rolled = random.Random(5)  # noqa: S311 - no secret
    cohorts = ["a", "b", "c", "d", "e", "f"]

    def sample(n: int) -> list[Cell]:
        passed = [sum(rolled.random() < 0.85 for _ in range(n)) for _ in cohorts]
        return [
            factories.cell(CANDIDATE, hits / n, metric="task_success", dimension="team", value=team, n=n, passed=hits)
            for team, hits in zip(cohorts, passed, strict=True)
        ]

    def called(_: int) -> bool:
        promised, live = sample(200), sample(200)
        cells = [*((RESULTS, cell) for cell in promised), *((FIRST, cell) for cell in live)]
        return bool(first(review(*live, cells=cells)).worse)

    false = sum(map(called, range(300)))
    assert false <= 300 * 0.05 + 2 * (300 * 0.05 * 0.95) ** 0.5


def test_a_cohort_that_fell_is_found() -> None:
    assert [row.cohort for row in first(review(*measured(0.9, ja=0.8))).worse] == ["language=ja"]


def test_a_file_in_doubt_is_no_measurement_and_is_named() -> None:
    stated = factories.evidence("live.csv", measured_on=BEGAN + 2 * DAY, options=ReadAs(stage="canary"))
    doubtful = stated.model_copy(
        update={"doubts": [Doubt(kind="total", what="task_success", stated="0.9", counted="0.8")]}
    )
    went = review(*measured(0.9), evidence=file(factories.evidence()) | file(doubtful, FIRST))
    told = words.report(went, words.of(went)[0])
    assert told.observed.state == "silent"
    assert weeks.last_measured(went.facts, TODAY) is None
    assert "1 file of operation counts once somebody confirms what is doubtful" in [
        point.words for point in told.to_decide
    ]


def test_what_the_plan_watches_and_nobody_measured_is_no_pass() -> None:
    promised = [factories.cell(CANDIDATE, 0.9, metric=metric, n=900) for metric in ("task_success", "groundedness")]
    live = [factories.cell(CANDIDATE, 0.9, metric="task_success", n=900)]
    cells = [*((RESULTS, cell) for cell in promised), *((FIRST, cell) for cell in live)]
    policy = revision(factories.policy(stages=CANARY, gates=[Gate(metric="groundedness", min=0.8)]))
    covering = revision(factories.monitoring(covers=["Task success", "groundedness"], alerts=[]))
    watched = first(review(*live, cells=cells, policy=policy, monitoring=covering))
    assert ([row.metric for row in watched.unmeasured], watched.state) == (["groundedness"], "unclear")
    assert [bound.state for bound in watched.bounds] == ["missing"]
    only = revision(factories.monitoring(covers=["task_success"], alerts=[]))
    assert first(review(*live, cells=cells, policy=policy, monitoring=only)).state == "kept"
    alien = [factories.cell(CANDIDATE, 0.9, metric="mood", n=900)]
    nothing = [*((RESULTS, cell) for cell in promised), *((FIRST, cell) for cell in alien)]
    assert first(
        review(*alien, cells=nothing, policy=policy, monitoring=revision(factories.monitoring(covers=[])))
    ).state == ("unclear"), "nothing that was measured was ever promised"


def test_what_was_never_promised_is_ticked_off_by_no_figure() -> None:
    live = factories.cell(CANDIDATE, 0.9, metric="task_success", dimension="language", value="fr", n=900)
    went = review(*measured(0.9), live, monitoring=plan(watch=["Task success by language", "Task success in fr"]))
    assert [figures for _, figures, _ in words.watched(went, first(went))] == [
        "– none of 3 figures surely worse, 1 never promised",
        "– none of 1 figure surely worse, 1 never promised",
    ]


def test_of_many_weeks_the_first_and_the_last_twelve_are_told_at_once_and_one_not_measured_costs_nothing() -> None:
    began = TODAY - 300 * DAY
    year = review(*measured(0.9), on=TODAY - 2 * DAY, steps=(step("advance", "canary", began),))
    assert [week.number for week in words.recent(year)] == [1, *range(32, 44)]
    assert words.last_measured(year) == words.of(year)[-1]
    assert words.observed(year, words.of(year)[3]).measured == []
    assert words.brief(year).startswith("week 43 ")
