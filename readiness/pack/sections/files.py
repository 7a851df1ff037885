"""Where the figures come from."""

from __future__ import annotations

from readiness import formatting
from readiness.decision import doubts
from readiness.language import marked, tr
from readiness.review.items import EvidenceItem
from readiness.review.review import Review

from .base import Plain, file, measured, one_producer, person

KINDS = {"results": marked("results"), "traces": marked("traces")}


def provenance(review: Review) -> dict[str, Plain]:
    """The files of the versions under review; those of other versions are counted, not named."""
    asked = {review.assessment.candidate, review.assessment.baseline} - {""}
    own = [item for item in review.items.values() if asked & set(item.versions)]
    return {
        "files": [_file(review, item, asked) for item in own],
        "stale": sum(item.freshness != "fresh" for item in own),
        "doubts": [_doubt(item) for item in own if item.evidence.doubts],
        "others": len(review.items) - len(own),
        "removed": len(review.removed),
        "one_producer": one_producer(review),
    }


def _doubt(item: EvidenceItem) -> dict[str, Plain]:
    confirmed = item.evidence.confirmed
    by = confirmed and confirmed.model_copy(update={"by": person(confirmed.by)})
    return {
        "name": file(item.evidence.name),
        "doubts": doubts.clauses(item.evidence.doubts),
        "confirmed": doubts.confirmation(by) if by else tr("not confirmed, so the file does not count"),
    }


def _file(review: Review, item: EvidenceItem, asked: set[str]) -> dict[str, Plain]:
    return {
        "name": file(item.evidence.name),
        "kind": tr(KINDS[item.evidence.kind]),
        "versions": formatting.listed([version for version in item.versions if version in asked]),
        "measured": measured(item, review.as_of),
        "digest": item.evidence.digest,
        "producer": file(item.evidence.producer) if item.evidence.producer else tr("not signed"),
    }
