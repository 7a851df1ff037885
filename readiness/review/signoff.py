"""What an approver sees, as digests, and where each sign-off stands once something changed. Pure.

The day does not count: what was approved on Monday is approved on Tuesday. Where evidence went stale since and took the
verdict with it, it is another verdict, though, and nobody approved that one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from readiness import formatting, names, plugins
from readiness.decision.verdict import Rejection
from readiness.language import marked, tr
from readiness.model.dossier import Signed
from readiness.model.incidents import StoredIncident
from readiness.model.policy import ReleasePolicy
from readiness.model.sign_off import SignOffDecision

from . import level_words
from .review import Review

SignOffState = Literal["approved", "rejected", "changes", "open", "void"]
STATES: dict[SignOffState, str] = {
    "approved": marked("✓ approved"),
    "rejected": marked("✕ rejected"),
    "changes": marked("◐ changes asked for"),
    "open": marked("– open"),
    "void": marked("? void"),
}
SHOWN = 4
"""Changes that are named where a sign-off is void; the rest is counted."""
_FOLLOWS = ("score", "rules")
"""Parts that follow from others: named only where nothing else changed, such as by the passing of time."""
_CARD = "card"
"""The part that no verdict rests on: what is stated there lifts no rejection."""
_GIVEN: dict[SignOffDecision, SignOffState] = {"approve": "approved", "reject": "rejected", "changes": "changes"}
_DID: dict[SignOffDecision, str] = {
    "approve": marked("Approved by {name} on {day}"),
    "reject": marked("Rejected by {name} on {day}"),
    "changes": marked("Changes asked for by {name} on {day}"),
}
_DIFFERS: dict[tuple[str, str], str] = {
    ("file", "added"): marked("file {file} added"),
    ("file", "removed"): marked("file {file} removed"),
    ("file", "changed"): marked("file {file} changed"),
    ("trace", "added"): marked("label of trace {trace} added"),
    ("trace", "removed"): marked("label of trace {trace} removed"),
    ("trace", "changed"): marked("label of trace {trace} changed"),
    ("incident", "added"): marked("incident {incident} added"),
    ("incident", "removed"): marked("incident {incident} removed"),
    ("incident", "changed"): marked("incident {incident} changed"),
}


@dataclass(frozen=True)
class ApproverStatus:
    """Where one approver of a role stands; `name` is empty where the policy names nobody.

    `last` is their last decision and `since` what changed after it, in words: then it is void.
    """

    role: str
    name: str
    state: SignOffState = "open"
    last: Signed | None = None
    since: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """`Approved by dana on 20 Nov 2026, void since: release policy revision 3.`"""
        if self.last is None:
            return tr("Not decided yet.") if self.name else tr("Nobody is named.")
        given = tr(_DID[self.last.record.decision], name=self.last.by, day=formatting.day(self.last.at))
        void = tr("void since: {changes}", changes=formatting.listed(self.since))
        return f"{given}, {void}." if self.since else f"{given}."


def seen(review: Review) -> dict[str, str]:
    """A digest for each part of what the review shows, by a name that says which part."""
    return {name: _sha256(value) for name, value in _parts(review)}


def digest(parts: Mapping[str, str]) -> str:
    """One digest over all parts."""
    return _sha256(dict(parts))


def changed(review: Review, before: Mapping[str, str], apart: Collection[str] = ()) -> tuple[str, ...]:
    """What is no longer as it was seen, in words, `apart` from these parts."""
    now = seen(review)
    names = [name for name in {**now, **before} if name not in apart and before.get(name) != now.get(name)]
    causes = [name for name in names if name not in _FOLLOWS]
    changes = [_named(review, name, before, now) for name in causes or names]
    more = len(changes) - SHOWN
    return (*changes[:SHOWN], formatting.count(more, "more change")) if more > 0 else tuple(changes)


def statuses(review: Review) -> list[ApproverStatus]:
    """Every approver, the required roles first; those who signed and are no longer named come after their role."""
    rows = []
    for role in _roles(review):
        signed = {
            names.key(sign_off.by): sign_off for sign_off in review.dossier.sign_offs if sign_off.record.role == role
        }
        for name in approvers(review, role) or [""]:
            rows.append(_standing(review, role, name, signed.pop(names.key(name), None)))
        rows += [_standing(review, role, last.by, last) for last in signed.values()]
    return rows


def rejections(review: Review) -> tuple[Rejection, ...]:
    """Who is named to approve and rejected what is stored now: until they sign again, or what they saw changes."""
    return tuple(
        Rejection(status.role, status.name, status.last.at.date())
        for status in statuses(review)
        if status.state == "rejected" and status.last and status.name in approvers(review, status.role)
    )


def open_roles(review: Review) -> list[str]:
    """The roles for which nobody who is named approved what is stored now, in the order of the policy."""
    approved = {status.role for status in statuses(review) if status.state == "approved"}
    return [role for role in _policy(review).roles if role not in approved]


def approvers(review: Review, role: str) -> list[str]:
    """Those whom the release policy names for a role, each once."""
    return _policy(review).approvers_of(role)


def _roles(review: Review) -> list[str]:
    signed = [sign_off.record.role for sign_off in review.dossier.sign_offs]
    return list(dict.fromkeys([*_policy(review).roles, *signed]))


def _policy(review: Review) -> ReleasePolicy:
    return review.policy.record if review.policy else ReleasePolicy()


def _standing(review: Review, role: str, name: str, last: Signed | None) -> ApproverStatus:
    if last is None:
        return ApproverStatus(role, name)
    since = changed(review, last.record.parts, (_CARD,) if last.record.decision == "reject" else ())
    return ApproverStatus(role, name, "void" if since else _GIVEN[last.record.decision], last, since)


def _parts(review: Review) -> Iterator[tuple[str, Any]]:
    """The names are an id, or a kind and an id; `_named` puts them into words."""
    verdict = review.verdict
    yield "assessment", review.assessment.model_dump(mode="json")
    yield "system", review.dossier.system.record.model_dump(mode="json")
    yield "checklist", [review.checklist.id, review.checklist.version]
    yield "policy", review.policy.record.model_dump(mode="json") if review.policy else None
    yield "monitoring", review.monitoring.record.model_dump(mode="json") if review.monitoring else None
    if review.card:
        yield _CARD, review.card.record.model_dump(mode="json")
    if judging := plugins.judging():
        yield "plug-ins", list(judging)
    yield "verdict", verdict.unsigned
    yield from ((f"answer {answer.signal.id}", answer.mark.model_dump(mode="json")) for answer in review.answers)
    yield from _grouped("file", _files(review))
    yield from _grouped("trace", _labels(review))
    yield from ((f"incident {one.id}", _incident(one)) for one in review.dossier.incidents)
    yield "score", [verdict.score, *verdict.range, verdict.evidenced_score]
    yield "rules", sorted([fired.rule, fired.signal] for fired in verdict.fired if fired.rule != "rejected")


def _incident(one: StoredIncident) -> Any:
    return [one.record.model_dump(mode="json"), one.withdrawn, [given.record.model_dump() for given in one.answers]]


def _files(review: Review) -> Iterator[tuple[str, Any]]:
    """The files that speak of the candidate or the baseline: those of other versions, or of a stage, decide nothing."""
    versions = {review.assessment.candidate, review.assessment.baseline}
    for item in review.items.values():
        if not item.evidence.options.stage and (not item.versions or versions & set(item.versions)):
            read = item.evidence.model_dump(
                mode="json", include={"digest", "options", "measured_on", "shelf_life_days"}
            )
            doubted = item.evidence.model_dump(mode="json", include={"doubts", "confirmed"})
            yield item.evidence.name, read | (doubted if item.evidence.doubts else {})


def _labels(review: Review) -> Iterator[tuple[str, Any]]:
    for sample in review.samples:
        trace = sample.trace
        if trace.version == review.assessment.candidate and (trace.path or trace.note):
            yield trace.trace_id, [trace.path, trace.note]


def _grouped(kind: str, parts: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Under each name all that has it, in an order that does not hang on when it was stored."""
    groups: dict[str, list[Any]] = {}
    for name, value in parts:
        groups.setdefault(f"{kind} {name}", []).append(value)
    yield from ((name, sorted(values, key=_json)) for name, values in groups.items())


def _named(review: Review, name: str, before: Mapping[str, str], now: Mapping[str, str]) -> str:
    kind, _, rest = name.partition(" ")
    verb = "added" if name not in before else "removed" if name not in now else "changed"
    if (kind, verb) in _DIFFERS:
        return tr(_DIFFERS[kind, verb], **{kind: rest})
    verdict, signals = review.verdict, {signal.id: tr(signal.name) for signal in review.checklist.all}
    return {
        "assessment": tr("scope, versions or dates"),
        "system": tr("the system's description"),
        "checklist": tr("the checklist itself"),
        "plug-ins": tr("the plug-ins that judge"),
        "policy": tr("release policy revision {number}", number=review.policy.number if review.policy else 0),
        "monitoring": tr(
            "monitoring plan revision {number}", number=review.monitoring.number if review.monitoring else 0
        ),
        _CARD: tr("system card revision {number}", number=review.card.number if review.card else 0),
        "verdict": tr("the verdict, now {level}", level=level_words.badge(verdict.level)),
        "score": tr(
            "the score, now {score}, on evidence alone {evidenced}",
            score=verdict.score,
            evidenced=verdict.evidenced_score,
        ),
        "rules": tr("the rules that fired"),
        "answer": tr("the answer on {signal}", signal=signals.get(rest, rest)),
    }[kind]


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _sha256(value: Any) -> str:
    return hashlib.sha256(_json(value).encode()).hexdigest()
