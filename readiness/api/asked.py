"""What is asked for, refused alike on the command line and over HTTP: one rule each, in the words of `place`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from readiness import names
from readiness.access import Principal
from readiness.errors import InputError
from readiness.language import tr
from readiness.model.checklist import LEVELS
from readiness.review.items import OpenGap
from readiness.review.review import Review
from readiness.services import Store, reviews
from readiness.services import gaps as gaps_service


def level(at_least: str, *, place: str) -> None:
    """Raises InputError for what is no level."""
    if at_least not in LEVELS:
        raise InputError(
            tr("{level!r} is not a level", level=at_least),
            place=place,
            expected=tr("one of {known}", known=", ".join(LEVELS)),
        )


def metric(review: Review, name: str, *, place: str) -> None:
    """Raises InputError for a metric of which the system has neither figures nor a gate; none named means all."""
    known = sorted({row.metric for row in review.rows} | {result.gate.metric for result in review.gates})
    if name and name not in known:
        expected = tr("one of {known}", known=", ".join(known)) if known else tr("results of the system first")
        raise InputError(
            tr("{system} has no figures of {metric!r}", system=review.slug, metric=name), place=place, expected=expected
        )


class FoundGaps(NamedTuple):
    """The open gaps of what was asked for, past their date or not; `owner` is spelt as it is stored."""

    gaps: list[OpenGap]
    owner: str

    def overdue(self) -> list[OpenGap]:
        return [gap for gap in self.gaps if gap.days_over]


def gaps(store: Store, by: Principal, *, system: str, owner: str, as_of: dt.date) -> FoundGaps:
    """Those of a system and of an owner, or of all; the earliest due date first.

    Raises Denied, and NotFound for a system or an owner that nobody knows, and for a day before every assessment.
    """
    found: Sequence[OpenGap]
    if system:
        found = reviews.load(store, by, system, as_of=as_of).gaps
    else:
        reviews.check_day(store, by, as_of=as_of)
        found = gaps_service.every(store, by, as_of=as_of)
    person = gaps_service.owner(store, by, owner) if owner.strip() else ""
    return FoundGaps([gap for gap in found if not person or names.key(gap.mark.owner) == names.key(person)], person)
