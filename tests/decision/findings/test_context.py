"""How figures are found by what they are of and what they are split by."""

from __future__ import annotations

import pytest

from readiness.decision.facts import StoredCells
from readiness.model.assessment import Expected
from tests import factories
from tests.decision.findings.contexts import LONG_AGO, Held, figure, ground
from tests.factories import BASELINE, CANDIDATE, TODAY

CELLS = (
    figure("task_success", 0.9),
    figure("task_success", 0.8, workflow="refund"),
    figure("task_success", 0.7, dimension="language", value="de"),
    figure("task_success", 0.6, dimension="workflow", value="odd"),
    figure("task_success", 0.5, dimension="cohort", value="odd"),
    figure("task_success", 0.4, workflow="refund", dimension="language", value="fr"),
    figure("latency_ms", 40.0, workflow="claims"),
)


@pytest.mark.parametrize(
    ("by", "shown"),
    [
        ("", {"": 0.9}),
        ("workflow", {"claims": None, "refund": 0.8}),
        ("language", {"language=de": 0.7}),
        ("cohort", {"cohort=odd": 0.5, "language=de": 0.7, "workflow=odd": 0.6}),
        ("region", {}),
    ],
)
def test_figures_by_what_was_asked_and_none_that_is_crossed(by: str, shown: dict[str, float | None]) -> None:
    found = ground(Held(CELLS)).by("task_success", by)
    assert {value: cell and cell.mean for value, cell in found.items()} == shown
    assert list(found) == sorted(found)


def test_only_what_is_expected_is_shown_and_a_second_question_is_answered_alike() -> None:
    assessment = factories.assessment(expected=Expected(workflows={"refund": 0.5, "payout": 0.5}))
    context = ground(Held(CELLS, assessment=assessment))
    for _ in range(2):
        found = context.by("task_success", "workflow")
        assert {value: cell and cell.mean for value, cell in found.items()} == {"refund": 0.8, "payout": None}


def test_fresh_figures_stand_under_both_names_and_stale_ones_under_none() -> None:
    judged = factories.cell(mean=0.8, metric="helpfulness@gpt")
    files = [factories.evidence("A.csv"), factories.evidence("old.csv", measured_on=LONG_AGO)]
    cells = StoredCells.of(
        [
            (judged, files[0]),
            (factories.cell(mean=0.9, metric="helpfulness"), files[0]),
            (factories.cell(mean=0.1, metric="helpfulness"), files[1]),
            (factories.cell(BASELINE, 0.2, metric="helpfulness"), files[0]),
            (factories.cell(mean=0.0, metric="refusals", n=None), files[0]),
        ]
    )
    fresh = cells.fresh(CANDIDATE, TODAY)
    shown = {metric: [cell.mean for cell in own] for metric, own in fresh.cells.items()}
    assert shown == {"helpfulness@gpt": [0.8], "helpfulness": [0.8, 0.9], "refusals": [0.0]}
    assert fresh.files == {"helpfulness@gpt": {"a.csv"}, "helpfulness": {"a.csv"}}
    assert cells.fresh(CANDIDATE, LONG_AGO).cells["helpfulness"][-1].mean == 0.1
