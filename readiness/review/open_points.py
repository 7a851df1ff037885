"""What is still open before anybody decides: each in words, with the page where it is settled. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from readiness import formatting
from readiness.language import trn

from .review import Review


@dataclass(frozen=True)
class OpenPoint:
    """`asked` is what the address of the page asks for."""

    words: str
    page: str
    asked: Mapping[str, str] = field(default_factory=dict)


def of(review: Review) -> list[OpenPoint]:
    """What nobody answered first, then what evidence lacks, then gaps that are late."""
    return [*_answers(review), *_evidence(review), *_gaps(review)]


def _answers(review: Review) -> Iterator[OpenPoint]:
    if count := len(review.verdict.unanswered):
        yield OpenPoint(trn("{n} question not answered", "{n} questions not answered", count), "checklist")
    if count := len(review.to_confirm):
        words = trn(
            "{n} answer to be confirmed from the version before",
            "{n} answers to be confirmed from the version before",
            count,
        )
        yield OpenPoint(words, "checklist")
    if count := len(review.contradicted):
        words = trn("{n} answer contradicted by evidence", "{n} answers contradicted by evidence", count)
        yield OpenPoint(words, "checklist")
    if count := len(review.uncovered):
        words = trn(
            "{n} answer with evidence that leaves something out",
            "{n} answers with evidence that leaves something out",
            count,
        )
        yield OpenPoint(words, "checklist")
    if count := len(review.unevidenced):
        words = trn(
            "{n} answer marked controlled with nothing to show",
            "{n} answers marked controlled with nothing to show",
            count,
        )
        yield OpenPoint(words, "checklist")


def _evidence(review: Review) -> Iterator[OpenPoint]:
    undecided = sum(gate.state not in ("pass", "fail") for gate in review.gates)
    if undecided:
        yield OpenPoint(trn("{n} gate not decided", "{n} gates not decided", undecided), "release")
    if left := len(review.packet.parts) - review.complete_parts:
        words = trn("{n} part of the packet not complete", "{n} parts of the packet not complete", left)
        yield OpenPoint(words, "verdict", {"part": "Packet"})
    if count := len(review.stale):
        yield OpenPoint(formatting.count(count, "file that counts no more", "files that count no more"), "evidence")


def _gaps(review: Review) -> Iterator[OpenPoint]:
    if count := len(review.overdue):
        yield OpenPoint(trn("{n} gap overdue", "{n} gaps overdue", count), "gaps", {"only": "true"})
    if late := review.after_rollout:
        yield OpenPoint(late, "gaps", {"only": "true"})
