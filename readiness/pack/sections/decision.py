"""The decision: verdict, reasons, what is ready, and who decides."""

from __future__ import annotations

from readiness import formatting, language
from readiness.decision.packet import PARTS
from readiness.decision.remediation import Remediation
from readiness.decision.verdict import FiredRule, Verdict
from readiness.language import tr
from readiness.model.checklist import Band, Checklist, RuleId
from readiness.model.policy import ReleasePolicy
from readiness.review import level_words, reruns, summaries
from readiness.review.review import Review

from . import pictures
from .base import Plain, approvers, clip, one_producer, person

FIRED_SHOWN = 5
WAYS_SHOWN = 2
_LONGEST_WAY = 180
_UNANSWERED: tuple[RuleId, ...] = ("unanswered-override", "unanswered")


def decision(review: Review) -> dict[str, Plain]:
    verdict, checklist = review.verdict, review.checklist
    fired = _fired(review)
    return {
        "score": _score(verdict, checklist),
        "again": reruns.sentence(review),
        "method": reruns.method(review),
        "one_producer": one_producer(review),
        "bands": [_band(review, band) for band in checklist.bands],
        "fired": [dict(row) for row in fired[:FIRED_SHOWN]],
        "more": max(len(fired) - FIRED_SHOWN, 0),
        "ways": [_way(review, way) for way in review.remediations[:WAYS_SHOWN]],
        "picture": pictures.score(review),
    }


def _way(review: Review, way: Remediation) -> dict[str, Plain]:
    return {
        "level": level_words.badge(way.level),
        "steps": clip(formatting.capital("; ".join(summaries.steps(review, way.steps))), _LONGEST_WAY),
    }


def packet(review: Review) -> dict[str, Plain]:
    """What is ready in one sentence, and a row for each part that is not."""
    parts = review.packet.parts
    ready = [language.within(tr(PARTS[part_id])) for part_id, part in parts.items() if part.state == "complete"]
    return {
        "complete": tr(
            "{complete} of {parts} complete", complete=review.complete_parts, parts=formatting.count(len(parts), "part")
        ),
        "ready": formatting.listed(ready),
        "parts": [
            {
                "part": tr(PARTS[part_id]),
                "state": tr(summaries.STATES[part.state]),
                "missing": clip(formatting.capital("; ".join(part.missing)), 200),
            }
            for part_id, part in parts.items()
            if part.state != "complete"
        ],
    }


def approval(review: Review) -> dict[str, Plain]:
    """The approvers by role, required ones first; a role without a name is shown as such."""
    policy = review.policy.record if review.policy else None
    people = approvers(review, policy or ReleasePolicy())
    owners = review.monitoring.record.owners if review.monitoring else None
    people.append(
        {"role": tr("Release review"), "name": person(owners.release_review if owners else ""), "signed": "–"}
    )
    target = review.assessment.target_date
    return {
        "people": people,
        "target": f"{formatting.day(target)}, {formatting.ago(target, review.as_of)}" if target else "",
        "at_risk": review.at_risk,
    }


def scope(review: Review) -> dict[str, Plain]:
    system, assessment = review.dossier.system.record, review.assessment
    return {
        "description": system.description,
        "scope": assessment.scope,
        "facts": [
            {"what": tr("System"), "value": f"{review.name} ({review.slug})"},
            {"what": tr("Responsible"), "value": person(system.owner)},
            {"what": tr("Version under review"), "value": assessment.candidate},
            {"what": tr("Compared with"), "value": assessment.baseline or tr("no baseline named")},
            {"what": tr("Assessed on"), "value": formatting.day(assessment.assessed_on)},
            {"what": tr("Planned rollout"), "value": formatting.day(assessment.target_date, missing=tr("not set"))},
        ],
    }


def _score(verdict: Verdict, checklist: Checklist) -> str:
    low, high = verdict.range
    reached = tr("● Score {score} of {highest}", score=verdict.score, highest=checklist.highest)
    if low != high:
        reached = tr(
            "● Score {score} so far, {low} to {high} once all is answered", score=verdict.score, low=low, high=high
        )
    attested = sum(answer.state == "attested" for answer in verdict.answers.values())
    words = tr(", {n} attested", n=attested) if attested else ""
    return tr(
        "{score}; ○ {evidence}{attested}. Lower is better.",
        score=reached,
        evidence=summaries.on_evidence(verdict),
        attested=words,
    )


def _band(review: Review, band: Band) -> dict[str, Plain]:
    bands, verdict = review.checklist.bands, review.verdict
    at = bands.index(band)
    top = bands[at + 1].min - 1 if at + 1 < len(bands) else review.checklist.highest
    here = [f"● {verdict.score}"] if band == verdict.band else []
    here += [tr("● possible")] if verdict.band is None and band in verdict.bands else []
    here += [f"○ {verdict.evidenced_score}"] if band.min <= verdict.evidenced_score <= top else []
    return {
        "band": level_words.badge(band.level),
        "points": f"{band.min}–{top}",
        "reads": tr(band.headline),
        "here": ", ".join(here),
    }


def _fired(review: Review) -> list[dict[str, str]]:
    """A row for each rule and signal; the unanswered signals of a rule share one, since there may be twenty."""
    rows: list[dict[str, str]] = []
    together: dict[RuleId, list[FiredRule]] = {rule: [] for rule in _UNANSWERED}
    for fired in review.verdict.fired:
        if fired.rule not in together:
            rows.append(_row(review, fired, clip(formatting.capital(fired.why), 240)))
        else:
            together[fired.rule].append(fired)
    shared = [_row(review, group[0], _unanswered(review, group)) for group in together.values() if group]
    blocking = len(review.verdict.blockers)
    return [*rows[:blocking], *shared, *rows[blocking:]]


def _unanswered(review: Review, fired: list[FiredRule]) -> str:
    labels = [review.checklist.signal(rule.signal).label for rule in fired]
    return tr(
        "{signals} not answered: {labels}",
        signals=formatting.count(len(labels), "signal"),
        labels=formatting.listed(labels),
    )


def _row(review: Review, fired: FiredRule, why: str) -> dict[str, str]:
    return {
        "rule": tr(review.checklist.rule(fired.rule).name),
        "why": why,
        "effect": tr(summaries.EFFECTS[fired.effect]),
    }
