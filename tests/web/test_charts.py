"""Names that files and people gave, as they stand in pictures."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from readiness.model.assessment import Mark
from readiness.model.traces import StageFigure
from readiness.review.items import Gap
from readiness.scorecard import display
from readiness.tracing import waterfall
from readiness.web import charts
from tests import factories
from tests.decision.findings.contexts import walks
from tests.factories import SLUG
from tests.review.dossiers import measured, reviewed

HOSTILE = "a\u202eb\x1b[31m\u200f\nשלום"
SHOWN = "ab[31m \u2068שלום\u2069"


def texts(value: Any) -> set[str]:
    """Every text in a picture, also in the frames that Streamlit sends beside it."""
    if isinstance(value, dict):
        return set().union(*(texts(inner) for inner in value.values()))
    if isinstance(value, list):
        return set().union(*(texts(inner) for inner in value))
    if hasattr(value, "to_dict"):
        return texts(value.to_dict("list"))
    if hasattr(value, "to_pydict"):
        return texts(value.to_pydict())
    return {value} if isinstance(value, str) else set()


def pictures() -> dict[str, Any]:
    cells = [
        factories.cell(version, value, dimension="team", value=HOSTILE, workflow=HOSTILE, n=400)
        for version, value in ((factories.BASELINE, 0.9), (factories.CANDIDATE, 0.8))
    ]
    review = measured(cells)
    board = display.lay_out(review.rows, "task_success", "mean")
    trace = walks()[0]
    named = trace.model_copy(update={"spans": [span.model_copy(update={"name": HOSTILE}) for span in trace.spans]})
    stage = StageFigure(kind="model", workflow=HOSTILE, n=9, p50=1, p95=2, p99=3, share=0.5)
    late = factories.mark("capacity", "yes", due=factories.TODAY)
    gaps = [gap for name in (SLUG, "other") for gap in _gaps(late, name)]
    names = {SLUG: HOSTILE, "other": "Other"}
    return {
        "differences": charts.differences(board, "light"),
        "figures": charts.figures(board, (), "light"),
        "waterfall": charts.waterfall(waterfall.lay_out(named.spans), "light"),
        "stages": charts.stages([stage], {}, "light"),
        "due dates": charts.due_dates(gaps, names, {}, factories.TODAY, "light"),
    }


def _gaps(late: Mark, system: str) -> list[Gap]:
    return [replace(gap, system=system) for gap in reviewed({"capacity": late}).gaps]


@pytest.mark.parametrize("name", pictures())
def test_no_picture_shows_what_is_not_seen_or_turns_what_stands_beside(name: str) -> None:
    found = texts(pictures()[name])
    assert not [text for text in found if "\u202e" in text or "\x1b" in text or "\u200f" in text]
    assert any(SHOWN in text for text in found), json.dumps(sorted(found), ensure_ascii=False)
