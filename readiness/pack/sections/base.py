"""What the sections share: plain data, and how a few things are said."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self, TypeAlias

from readiness import formatting
from readiness.language import marked, tr
from readiness.model.assessment import Mark
from readiness.model.dossier import Revision
from readiness.model.policy import ReleasePolicy
from readiness.review import signoff, summaries
from readiness.review.items import EvidenceItem
from readiness.review.review import Review
from readiness.review.signoff import ApproverStatus

Plain: TypeAlias = "str | int | Sequence[Plain] | Mapping[str, Plain]"


NOT_NAMED = marked("not named")
PERSON, FILE = "\ue000", "\ue001"
"""Around the name of a person or a file, so that it is known for one however short it is."""
_MARKS = re.compile(f"[{PERSON}{FILE}]")


class Clipped(str):  # noqa: SLOT000 - it holds a number
    """A text that is cut to `limit` characters, though only once names are withheld: no half of one may be left."""

    limit: int = 0

    @classmethod
    def to(cls, limit: int, text: str) -> Self:
        clipped = cls(text)
        clipped.limit = limit
        return clipped

    @classmethod
    def like(cls, other: str, text: str) -> str:
        """The text, to be cut where the other is."""
        return cls.to(other.limit, text) if isinstance(other, Clipped) else text

    @property
    def cut(self) -> str:
        if len(self) <= self.limit:
            return str(self)
        kept, _, broken = self[: self.limit].rpartition(" ")
        return f"{kept or broken} …"


def clip(value: str, limit: int) -> str:
    """The text on one line, to be cut at a word where it is longer than the limit."""
    return Clipped.to(limit, " ".join(value.split()))


def each(value: Plain, change: Callable[[str], str]) -> Plain:
    """Plain data with each of its texts changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, int):
        return value
    if isinstance(value, Mapping):
        return {key: each(entry, change) for key, entry in value.items()}
    return [each(entry, change) for entry in value]


def cut(value: Plain) -> Plain:
    """Plain data with each text cut to its length, once names are withheld."""
    return each(value, lambda text: text.cut if isinstance(text, Clipped) else text)


def unmarked(text: str) -> str:
    return _MARKS.sub("", text)


def named(value: str, missing: str = NOT_NAMED) -> str:
    return value.strip() or tr(missing)


def person(value: str, missing: str = NOT_NAMED) -> str:
    """Somebody's name, for those who may read it."""
    name = unmarked(value).strip()
    return f"{PERSON}{name}{PERSON}" if name else tr(missing)


def file(name: str) -> str:
    return f"{FILE}{unmarked(name)}{FILE}"


def one_producer(review: Review) -> str:
    """That one producer signed all the evidence; empty where it is not so."""
    name = summaries.one_producer(review)
    return summaries.from_one(file(name)) if name else ""


def signed(review: Review, role: str) -> str:
    """Where the named approvers of a role stand, with the day; neither their comments nor what changed since."""
    named = signoff.approvers(review, role)
    statuses = [status for status in signoff.statuses(review) if status.role == role and status.name in named]
    return formatting.listed([_stands(status) for status in statuses]) or tr(signoff.STATES["open"])


def approvers(review: Review, policy: ReleasePolicy) -> list[Plain]:
    """The approvers by role, required ones first; a role without a name is shown as such."""
    return [
        {
            "role": formatting.capital(tr(role)),
            "name": formatting.listed(list(map(person, policy.approvers_of(role)))) or tr(NOT_NAMED),
            "signed": signed(review, role),
        }
        for role in policy.roles
    ]


def _stands(status: ApproverStatus) -> str:
    state = tr(signoff.STATES[status.state])
    if status.last is None:
        return state
    day = formatting.day(status.last.at)
    return (
        tr("{state}: given on {day}, changed since", state=state, day=day)
        if status.state == "void"
        else tr("{state} on {day}", state=state, day=day)
    )


def due(mark: Mark, as_of: dt.date) -> str:
    """`1 Dec 2026`, with how late it is where it is late."""
    if mark.due is None:
        return tr("no due date")
    late = (as_of - mark.due).days
    return (
        tr("{due}, {days} overdue", due=formatting.day(mark.due), days=formatting.count(late, "day"))
        if late > 0
        else formatting.day(mark.due)
    )


def stored(document: Revision[Any] | None) -> str:
    """Which revision of a document is in force, and since when; empty where there is none."""
    return (
        tr("Revision {number}, stored {day}.", number=document.number, day=formatting.day(document.at.date()))
        if document
        else ""
    )


def measured(item: EvidenceItem, as_of: dt.date) -> str:
    """`10 Nov 2026, 13 days ago, ✓ fresh`."""
    day = item.evidence.measured_on
    state = tr(summaries.FRESHNESS[item.freshness])
    return f"{formatting.day(day)}, {formatting.ago(day, as_of)}, {state}" if day else state


def results_of(review: Review, version: str) -> list[EvidenceItem]:
    """The result files that speak of a version, the one measured last first."""
    items = [item for item in review.items.values() if item.evidence.kind == "results" and version in item.versions]
    return sorted(items, key=lambda item: item.evidence.measured_on or dt.date.min, reverse=True)


def sources(review: Review) -> str:
    """When the figures of both versions were measured, in one sentence."""
    sides = ((tr("Candidate"), review.assessment.candidate), (tr("Baseline"), review.assessment.baseline))
    return " ".join(_source(review, role, version) for role, version in sides)


def _source(review: Review, role: str, version: str) -> str:
    if not version:
        return tr("{role}: no version named.", role=role)
    items = results_of(review, version)
    if not items:
        return tr("{role} {version}: no results.", role=role, version=version)
    when = measured(items[0], review.as_of)
    if items[0].freshness == "fresh":
        return tr("{role} {version}: measured {when}.", role=role, version=version, when=when)
    return tr("{role} {version}: measured {when}; it does not count.", role=role, version=version, when=when)
