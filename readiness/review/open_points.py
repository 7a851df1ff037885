"""What is still open before anybody decides: each in words, with the page where it is settled. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from readiness import formatting

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
        yield OpenPoint(f"{formatting.count(count, 'question')} not answered", "checklist")
    if count := len(review.to_confirm):
        yield OpenPoint(f"{formatting.count(count, 'answer')} to be confirmed from the version before", "checklist")
    if count := len(review.contradicted):
        yield OpenPoint(f"{formatting.count(count, 'answer')} contradicted by evidence", "checklist")
    if count := len(review.uncovered):
        yield OpenPoint(f"{formatting.count(count, 'answer')} with evidence that leaves something out", "checklist")
    if count := len(review.unevidenced):
        yield OpenPoint(f"{formatting.count(count, 'answer')} marked controlled with nothing to show", "checklist")


def _evidence(review: Review) -> Iterator[OpenPoint]:
    undecided = sum(gate.state not in ("pass", "fail") for gate in review.gates)
    if undecided:
        yield OpenPoint(f"{formatting.count(undecided, 'gate')} not decided", "release")
    if left := len(review.packet.parts) - review.complete_parts:
        yield OpenPoint(f"{formatting.count(left, 'part')} of the packet not complete", "verdict", {"part": "Packet"})
    if count := len(review.stale):
        yield OpenPoint(formatting.count(count, "file that counts no more", "files that count no more"), "evidence")


def _gaps(review: Review) -> Iterator[OpenPoint]:
    if count := len(review.overdue):
        yield OpenPoint(f"{formatting.count(count, 'gap')} overdue", "gaps", {"only": "true"})
    if late := review.after_rollout:
        yield OpenPoint(late, "gaps", {"only": "true"})
