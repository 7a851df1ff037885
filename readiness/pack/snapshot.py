"""The snapshot: all that one audience may see of a review, as plain text and counts.

It is built section by section from the audience's list, field by field; a template never meets a review, so what is
not copied here cannot leave.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from readiness import formatting
from readiness.review import summaries
from readiness.review.review import Review

from . import profiles
from .profiles import SectionId
from .sections import BUILDERS, Plain, clip

WITHHELD = "(withheld)"
_TENANT_WORDS = ("tenant", "customer", "client", "account", "organi", "company")
_SHORTEST = 3


@dataclass(frozen=True)
class PackSection:
    id: SectionId
    title: str
    data: Mapping[str, Plain]


@dataclass(frozen=True)
class Snapshot:
    """`head` opens every pack and `foot` closes it; `as_of` is an ISO date."""

    audience: str
    slug: str
    candidate: str
    as_of: str
    level: str
    head: Mapping[str, Plain]
    sections: tuple[PackSection, ...]
    foot: Mapping[str, Plain]


def snapshot(
    review: Review,
    audience: str,
    *,
    chain_head: str,
    made_at: dt.datetime,
    chain_broken_at: int | None = None,
) -> Snapshot:
    """What the audience may see. `chain_broken_at` is the first event of the audit chain that does not fit."""
    profile = profiles.get(audience)
    full = Snapshot(
        audience=profile.id,
        slug=review.slug,
        candidate=review.assessment.candidate,
        as_of=review.as_of.isoformat(),
        level=review.verdict.level,
        head=_head(review, profile),
        sections=tuple(
            PackSection(section, profiles.TITLES[section], BUILDERS[section](review)) for section in profile.sections
        ),
        foot=_foot(review, chain_head, chain_broken_at, made_at),
    )
    return full if profile.names_tenants else _withhold(full, tenants(review))


def tenants(review: Review) -> frozenset[str]:
    """Values of every cohort that names a tenant or a customer, wherever one is stored."""
    cohorts = [(cell.dimension, cell.value) for _, cell in review.dossier.cells]
    named = [sample.trace.cohort for sample in review.samples]
    named += [result.gate.cohort for result in review.gates]
    for cohort in named:
        cohorts += [
            (dimension, value) for dimension, _, value in (part.partition("=") for part in re.split("[;,]", cohort))
        ]
    return frozenset(
        value.strip()
        for dimension, value in cohorts
        if value.strip(" *") and any(word in dimension.casefold() for word in _TENANT_WORDS)
    )


def _head(review: Review, profile: profiles.Profile) -> dict[str, Plain]:
    assessment = review.assessment
    target = assessment.target_date
    shape, word = summaries.SHAPES[review.verdict.level]
    return {
        "name": review.name,
        "audience": profile.name,
        "verdict": f"{shape} {formatting.capital(word)}",
        "sentence": summaries.headline(review).removeprefix(f"{formatting.capital(word)}: "),
        "candidate": assessment.candidate,
        "baseline": assessment.baseline or "no baseline",
        "scope": "" if "scope" in profile.sections else clip(assessment.scope, 160),
        "target": f"{formatting.day(target)} ({formatting.ago(target, review.as_of)})" if target else "not set",
        "assessed": formatting.day(assessment.assessed_on, missing="not dated"),
        "as_of": formatting.day(review.as_of),
    }


def _foot(review: Review, chain_head: str, broken_at: int | None, made_at: dt.datetime) -> dict[str, Plain]:
    checklist = review.checklist
    at = made_at.astimezone(dt.UTC)
    chain = chain_head or "no event yet"
    return {
        "made": f"{formatting.day(at.date())}, {at:%H:%M} UTC",
        "as_of": formatting.day(review.as_of),
        "checklist": f"{checklist.name}, {checklist.id} {checklist.version}",
        "source": checklist.source,
        "chain": chain if broken_at is None else f"{chain}; it does not fit from event {broken_at} on",
    }


def _withhold(full: Snapshot, values: frozenset[str]) -> Snapshot:
    """The snapshot with these values replaced in every text of it, as whole words."""
    if not values:
        return full
    pattern = _pattern(values)
    return replace(
        full,
        candidate=pattern.sub(WITHHELD, full.candidate),
        head={key: _replace(value, pattern) for key, value in full.head.items()},
        sections=tuple(
            replace(section, data={key: _replace(value, pattern) for key, value in section.data.items()})
            for section in full.sections
        ),
        foot={key: _replace(value, pattern) for key, value in full.foot.items()},
    )


def _pattern(values: frozenset[str]) -> re.Pattern[str]:
    """A short value is withheld only beside its dimension: alone, it may be any word."""
    longest_first = sorted(values, key=lambda value: (-len(value), value))
    free = [re.escape(value) for value in longest_first if len(value) >= _SHORTEST and not value.isdigit()]
    bound = [rf"(?<==){re.escape(value)}" for value in longest_first]
    return re.compile(rf"(?<!\w)(?:{'|'.join([*free, *bound])})(?!\w)", re.IGNORECASE)


def _replace(value: Plain, pattern: re.Pattern[str]) -> Plain:
    if isinstance(value, str):
        return pattern.sub(WITHHELD, value)
    if isinstance(value, int):
        return value
    if isinstance(value, Mapping):
        return {key: _replace(entry, pattern) for key, entry in value.items()}
    return [_replace(entry, pattern) for entry in value]
