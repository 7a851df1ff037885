"""What an answer can point at: what is stored of a system, by the names that people know it by. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from readiness.decision.packet import PARTS

from .review import Review

FEW = 200
"""Names to choose from; whoever has more writes the rest."""


def known(review: Review) -> list[str]:
    """Files, traces of the candidate, metrics with figures, parts of the packet, and what other answers point at."""
    return list(dict.fromkeys(_known(review)))[:FEW]


def _known(review: Review) -> Iterator[str]:
    yield from (item.evidence.name for item in review.items.values())
    for sample in review.samples:
        if sample.trace.version == review.assessment.candidate and sample.trace.path:
            yield f"trace {sample.trace.trace_id}, {sample.trace.path} path"
    yield from (f"scorecard: {metric}" for metric in review.boards.by_metric)
    yield from (part for part, packed in review.packet.parts.items() if packed.state != "missing" and part in PARTS)
    for answer in review.answers:
        yield from answer.mark.evidence
        if answer.was:
            yield from answer.was.mark.evidence
