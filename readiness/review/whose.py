"""Whose the stored evidence is: of the version under review, or of one before. Pure."""

from __future__ import annotations

from .items import EvidenceItem
from .review import Review


def own_files(review: Review) -> tuple[EvidenceItem, ...]:
    """The files that speak of the candidate."""
    return tuple(item for item in review.items.values() if review.assessment.candidate in item.versions)


def earlier_versions(review: Review) -> frozenset[str]:
    """What was under review before, and is neither candidate nor baseline now."""
    past = [assessed.assessment for assessed in review.history]
    earlier = {version for one in past for version in (one.candidate, one.baseline)}
    return frozenset(earlier - {review.assessment.candidate, review.assessment.baseline, ""})
