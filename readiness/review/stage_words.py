"""Where a rollout stands in its stages, and what the evidence advises, in words. Pure."""

from __future__ import annotations

import datetime as dt

from readiness import formatting
from readiness.decision import stages
from readiness.decision.stages import StageAdvice
from readiness.language import marked, tr
from readiness.model.checklist import ALLOWED
from readiness.model.stages import AdviceKind

from . import decided, level_words
from .review import Review

SHAPES: dict[AdviceKind, str] = {
    "advance": marked("▲ go on"),
    "hold": marked("‖ hold"),
    "roll back": marked("▼ roll back"),
    "done": marked("✓ done"),
}
_DOING: dict[AdviceKind, str] = {
    "advance": marked("go on"),
    "hold": marked("hold"),
    "roll back": marked("roll back"),
    "done": marked("this was the last stage"),
}


def advice(review: Review, now: dt.datetime) -> StageAdvice:
    """What the evidence advises at an instant."""
    return stages.advise(
        review.facts,
        review.dossier.steps,
        review.metrics,
        may_begin=_forbidden(review),
        now=now,
        as_of=review.as_of,
    )


def _forbidden(review: Review) -> str:
    """Why the rollout may not go on at all: a decision for it in force may, whatever the verdict."""
    now = decided.standing(review)
    if now.last is not None:
        if now.lapsed:
            return tr("the decision is open again: {reason}", reason=now.lapsed[0])
        return "" if now.goes_on else tr("it was decided otherwise: {outcome}", outcome=decided.headline(review))
    if review.verdict.level in ALLOWED:
        return ""
    return tr("the verdict is {level}, and nobody decided to go on", level=level_words.badge(review.verdict.level))


def sentence(told: StageAdvice) -> str:
    """`Canary: roll back, since task success for language=ja …`"""
    where = told.current.name if told.current else tr("not begun")
    doing = tr(_DOING[told.kind])
    if told.kind == "advance" and told.onward:
        doing = tr("go on to {stage}", stage=told.onward.name)
    since = f": {formatting.few(told.why)}" if told.why else ""
    return f"{formatting.capital(where)}, {doing}{since}."
