"""What stands behind an answer: shown, attested, uncovered, not shown or contradicted. Pure.

The state is worked out from the mark, the finding and the references, and never stored.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from readiness import formatting, names
from readiness.language import tr
from readiness.model.assessment import Mark
from readiness.model.checklist import AnswerState, Checklist

from .packet import PARTS

Outcome = Literal["supports", "contradicts", "uncovered", "silent"]

_PARTS = {title.lower(): part for part, title in PARTS.items()}
_DECIDED: dict[Outcome, AnswerState] = {
    "supports": "shown",
    "contradicts": "contradicted",
    "uncovered": "uncovered",
}
"""What a finding makes of a claim of control; where it is silent, a reference may stand behind it."""


@dataclass(frozen=True)
class Finding:
    """What the stored evidence says of one mark, in one sentence that holds the figures.

    `stored` names what is in the store, fresh and of the candidate, and holds what the signal asks for: parts of the
    packet and files, in lower case. `absent` names the parts and files that do not.
    """

    signal: str
    outcome: Outcome
    why: str
    stored: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset(PARTS)


@dataclass(frozen=True)
class AnswerStanding:
    """One answer, what stands behind it and why, and its points when only evidence counts."""

    signal: str
    state: AnswerState
    why: str
    points: int


def stand(checklist: Checklist, signal: str, mark: Mark | None, finding: Finding | None) -> AnswerStanding:
    """The standing of one answer; a missing mark or finding is None."""
    state = _state(mark, finding, may_not_apply=not checklist.signal(signal).override)
    return AnswerStanding(signal, state, _why(state, mark, finding), _points(checklist, mark, state))


def references(mark: Mark, finding: Finding | None) -> tuple[str, ...]:
    """The references that show something: an address or a document, and what is stored if it holds what is asked."""
    stored = finding.stored if finding else frozenset()
    absent: Collection[str] = finding.absent if finding else frozenset(PARTS)
    named = [reference.strip() for reference in mark.evidence if not names.is_none(reference)]
    known = {name: _PARTS.get(name.lower(), name.lower()) for name in named}
    return tuple(name for name in named if known[name] in stored or known[name] not in absent)


def _state(mark: Mark | None, finding: Finding | None, *, may_not_apply: bool) -> AnswerState:
    """An area that can block alone is asked of every release: that it does not apply takes a reference, too."""
    if mark is None or mark.mark is None:
        return "unanswered"
    outcome = finding.outcome if finding else "silent"
    not_applicable = mark.not_applicable and may_not_apply
    attested: AnswerState = "attested" if references(mark, finding) or not_applicable else "not shown"
    if mark.mark == "yes":  # what speaks against control shows the gap
        return "shown" if outcome == "contradicts" else attested
    if outcome in _DECIDED and not (outcome == "uncovered" and not_applicable):  # nothing is there to be covered
        return _DECIDED[outcome]
    return attested


def _why(state: AnswerState, mark: Mark | None, finding: Finding | None) -> str:
    if mark is None or state == "unanswered":
        return tr("nobody has answered")
    found = finding.why if finding else tr("nothing is looked for")
    if state != "attested":
        return found
    shown = references(mark, finding)
    if not shown:
        return tr("it is said not to apply, with a reason, and no check decides: {found}", found=found)
    first = formatting.listed(shown[:2])
    if len(shown) > 2:
        more = len(shown) - 2
        return tr(
            "it rests on {first} and {more} more, and no check decides: {found}", first=first, more=more, found=found
        )
    return tr("it rests on {references}, and no check decides: {found}", references=first, found=found)


def _points(checklist: Checklist, mark: Mark | None, state: AnswerState) -> int:
    """Points when only what can be shown counts."""
    points = checklist.evidence_points
    if mark is not None and mark.mark == "yes":
        return checklist.points["yes"]
    if mark is not None and mark.mark == "partial":
        return points["contradicted-partial"] if state == "contradicted" else checklist.points["partial"]
    return points["not-shown" if state == "not shown" else state]
