"""Figures of a scorecard, or of a week of the rollout, as a page shows them: each metric in a line, one in depth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from readiness.kept import kept
from readiness.language import tr, trc
from readiness.model.assessment import Assessment
from readiness.model.cells import Statistic
from readiness.review import all_versions, scorecard_words
from readiness.review import glance as glances
from readiness.review.glance import MetricLine
from readiness.review.review import Review
from readiness.scorecard import display, heat
from readiness.scorecard.compare import place
from readiness.scorecard.display import Board

from . import tables
from .widgets import lasting, rendered, show
from .widgets import page as paged


def cells(board: Board, assessment: Assessment, caption: str) -> None:
    """Every figure of a board as a table, page by page."""
    shown = paged(range(len(board.rows)), "figure")
    st.html(_cells(board, assessment.baseline, assessment.candidate, caption, shown[0], shown[-1] + 1))


@kept
def _cells(board: Board, baseline: str, candidate: str, caption: str, first: int, end: int) -> str:
    facts = {"board": board, "baseline": baseline, "candidate": candidate, "caption": caption}
    return rendered("cells", facts | {"rows": board.rows[first:end], "told": display.told, "thin": display.thin})


def glance(review: Review, metric: str) -> None:
    """Every metric of the scorecard in one line, of which one is looked at in depth."""
    sides = trc("a narrow column", "Baseline"), tr("Candidate")
    lasting("glance", review, metric, **_lines(review, glances.lines(review), metric, sides, "scorecard"))


def lines(
    review: Review, shown: Sequence[MetricLine], metric: str, sides: tuple[str, str], *, page: str, **asked: str
) -> None:
    """A line for each metric, with the way to look at it in depth on a page; `asked` is what else stands there."""
    show("glance", **_lines(review, shown, metric, sides, page, **asked))


def _lines(
    review: Review, shown: Sequence[MetricLine], metric: str, sides: tuple[str, str], page: str, **asked: str
) -> dict[str, Any]:
    about = {"system": review.slug} | ({} if review.latest else {"assessment": str(review.assessment_id)})

    def address(name: str) -> str:
        return f"{page}?{urlencode(about | asked | {'metric': scorecard_words.metric_name(review, name)})}"

    told = {"told": display.told, "place": place}
    return {"lines": shown, "metric": metric, "address": address, "sides": sides} | told


def differences(board: Board, caption: str) -> None:
    """Candidate minus baseline by workflow and cohort, and on a phone by cohort."""
    st.html(_differences(board, caption))


@kept
def _differences(board: Board, caption: str) -> str:
    reach = heat.reach((row, board.stat) for row in board.overall)
    bars = [(row, heat.strip(row, board.stat, reach)) for row in board.overall]
    facts = {"board": board, "stat": board.stat, "caption": caption, "bars": bars}
    return rendered("heat", facts | {"workflows": heat.workflows(board), "tiles": heat.tiles(board)})


def versions(review: Review, metric: str, stat: Statistic) -> bool:
    """Every version with fresh figures beside the baseline; False where there is none but the candidate."""
    told = all_versions.of(review, metric, stat)
    show(
        "versions",
        told=told,
        csv=tables.query("versions", review),
        shown=all_versions.shown(told, display.SHOWN),
        sentence=all_versions.sentence(told),
        stat=stat,
        baseline=review.assessment.baseline,
        candidate=review.assessment.candidate,
        told_figure=display.told,
        words=all_versions.words,
    )
    return bool(told)
