"""What new evidence changed in a review: the verdict, the gates, and what stands behind each answer. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from readiness.language import tr, trn
from readiness.model.checklist import Signal

from . import level_words, summaries
from .items import Answer
from .review import Review


class AnswerEffect(NamedTuple):
    """A question that is answered otherwise now, or behind whose answer something else stands; each in words."""

    signal: Signal
    before: str
    now: str


@dataclass(frozen=True)
class Effects:
    """`verdict` is a sentence; `gates` is one too, and empty where as many pass as before."""

    verdict: str
    gates: str
    answers: tuple[AnswerEffect, ...]


def between(before: Review, now: Review) -> Effects:
    """What is another in the second of two reviews of one system."""
    return Effects(_verdict(before, now), _gates(before, now), tuple(_answers(before, now)))


def _verdict(before: Review, now: Review) -> str:
    """The score is told where it alone moved."""
    was, level = before.verdict, now.verdict.level
    if was.level != level:
        return tr(
            "The verdict is {now} now; it was {was}.", now=level_words.badge(level), was=level_words.badge(was.level)
        )
    if was.score != now.verdict.score:
        return tr(
            "The verdict stays {level}; the score is {score} now and was {before}.",
            level=level_words.badge(level),
            score=now.verdict.score,
            before=was.score,
        )
    return tr("The verdict stays {level}.", level=level_words.badge(level))


def _gates(before: Review, now: Review) -> str:
    passing = [sum(gate.state == "pass" for gate in review.gates) for review in (before, now)]
    if passing[0] == passing[1] and len(before.gates) == len(now.gates):
        return ""
    of_gates = trn("of {n} gate", "of {n} gates", len(now.gates))
    before_, now_ = passing
    return tr("{passing} {of_gates} pass now; before, {before} did.", passing=now_, of_gates=of_gates, before=before_)


def _answers(before: Review, now: Review) -> Iterator[AnswerEffect]:
    earlier = {answer.signal.id: answer for answer in before.answers}
    for answer in now.answers:
        was = earlier.get(answer.signal.id)
        if was is None:
            continue
        told = [_marked(each) for each in (was, answer)]
        if told[0] == told[1]:
            told = [summaries.found(each)[1] for each in (was, answer)]
        if told[0] != told[1]:
            yield AnswerEffect(answer.signal, *told)


def _marked(answer: Answer) -> str:
    return summaries.answered(answer.mark.mark, answer.mark.not_applicable)
