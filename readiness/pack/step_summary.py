"""A check as the summary of a pipeline's step: verdict, the rule that decided, gates and gaps, as Markdown.

Whoever sees the pipeline reads it, so names are withheld as from those who review security, owners among them.
"""

from __future__ import annotations

from readiness import formatting
from readiness.language import tr
from readiness.review import level_words, summaries
from readiness.review.review import Review

from . import profiles, render
from .sections import Plain, build
from .sections.base import cut
from .withholding import Withholding

GATES_SHOWN = 30
_PROFILE = "security"
_READ = {"gate": ("gate", "state", "why", "n"), "gap": ("gap", "mark", "due")}


def markdown(review: Review, at_least: str, *, holds: bool, undecided: bool, **why: list[str]) -> str:
    """The summary; it ends with a line break, so that another may follow it.

    `why` says what stands between: roles that are `unsigned`, a decision that has `lapsed`, what runs and `differs`.
    """
    gates, gaps = build("gates", review, ""), build("gaps", review, "")
    open_first = sorted(_rows(gates["gates"], "gate"), key=lambda row: str(row["state"]).startswith("✓"))
    told: Plain = {
        "name": f"{review.name} {review.assessment.candidate}",
        "headline": summaries.headline(review),
        "badge": level_words.badge(review.verdict.level),
        "asked": tr("Asked for {level} or better: {outcome}.", level=at_least, outcome=_came_to(holds, undecided)),
        "unsigned": formatting.listed(why.get("unsigned", [])),
        "between": [
            *(tr("Decision open again: {reason}", reason=reason) for reason in why.get("lapsed", [])),
            *(tr("What runs differs: {reason}", reason=reason) for reason in why.get("differs", [])),
        ],
        "decided": summaries.decided_by(review),
        "gates": open_first[:GATES_SHOWN],
        "passing": gates["summary"],
        "more_gates": max(len(open_first) - GATES_SHOWN, 0),
        "gaps": _rows(gaps["gaps"], "gap"),
        "total": gaps["total"],
        "more_gaps": gaps["more"],
        "unanswered": gaps["unanswered"],
        "as_of": formatting.day(review.as_of),
    }
    (bare,), _ = Withholding.of(review, profiles.get(_PROFILE)).apply([told])
    return render.document("pack/step_summary.md.j2", told=cut(bare))


def _came_to(holds: bool, undecided: bool) -> str:
    return tr("it holds") if holds else tr("not decided yet") if undecided else tr("it does not hold")


def _rows(rows: Plain, kind: str) -> list[dict[str, Plain]]:
    """The rows of a section with the columns that are shown."""
    listed = rows if isinstance(rows, list) else []
    return [{key: row[key] for key in _READ[kind]} for row in listed if isinstance(row, dict)]
