"""The snapshot: all that one audience may see of a review, as plain text and counts.

It is built section by section from the audience's list, field by field; a template never meets a review, so what is
not copied here cannot leave.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Self, TypeVar

from readiness import formatting, language, plugins
from readiness.language import tr
from readiness.review import decided, level_words, summaries
from readiness.review.review import Review

from . import completeness, one_customer, profiles
from .brand import Brand
from .request import Request
from .sections import Plain, build, clip
from .sections.base import cut
from .withholding import Withholding

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class PackSection:
    id: str
    title: str
    data: Mapping[str, Plain]


@dataclass(frozen=True)
class Snapshot:
    """`head` opens every pack and `foot` closes it, `stamp` is on every page of it; `as_of` is an ISO date.

    `origin` says for programs what `foot` says for people: when it was `made` (ISO, UTC), the last day it counts
    (`valid_until`), the `checklist` with its `checklist_version`, and the `audit_head`, empty before the first event.
    `numbers` say by digests what stands for which name, and are in no view. `previous` is the digest of the sealed pack
    that the same reader got before, and named by the seal alone. `language` is that of its words.
    """

    audience: str
    slug: str
    candidate: str
    as_of: str
    level: str
    stamp: Mapping[str, Plain]
    head: Mapping[str, Plain]
    sections: tuple[PackSection, ...]
    foot: Mapping[str, Plain]
    origin: Mapping[str, str]
    brand: Mapping[str, str] = field(default_factory=lambda: Brand().model_dump())
    numbers: Mapping[str, str] = field(default_factory=dict, repr=False)
    previous: str = ""
    language: str = language.ENGLISH

    def data(self) -> dict[str, Plain]:
        """All of it as one mapping of texts, whole numbers, lists and mappings; English is not named."""
        return {
            "audience": self.audience,
            "system": self.slug,
            "candidate": self.candidate,
            "as_of": self.as_of,
            "level": self.level,
            "stamp": self.stamp,
            "head": self.head,
            "sections": [{"id": section.id, "title": section.title, "data": section.data} for section in self.sections],
            "foot": self.foot,
            "origin": self.origin,
            **({"brand": self.brand} if any(self.brand.values()) else {}),
            **({"language": self.language} if self.language != language.ENGLISH else {}),
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """What `data` gave, once more; for showing it, without what stood for which name."""
        return cls(
            audience=data["audience"],
            slug=data["system"],
            candidate=data["candidate"],
            as_of=data["as_of"],
            level=data["level"],
            stamp=data["stamp"],
            head=data["head"],
            sections=tuple(PackSection(one["id"], one["title"], one["data"]) for one in data["sections"]),
            foot=data["foot"],
            origin=data["origin"],
            language=data.get("language", language.ENGLISH),
            **({"brand": data["brand"]} if "brand" in data else {}),
        )


def in_its_language(show: Callable[Concatenate[Snapshot, P], T]) -> Callable[Concatenate[Snapshot, P], T]:
    """A view of a snapshot, which speaks as the snapshot does and not as whoever looks."""

    @wraps(show)
    def shown(taken: Snapshot, /, *args: P.args, **named: P.kwargs) -> T:
        spoken = taken.language if taken.language in language.available() else language.ENGLISH
        with language.use(spoken):
            return show(taken, *args, **named)

    return shown


def snapshot(
    review: Review,
    request: Request,
    *,
    chain_head: str,
    made_at: dt.datetime,
    chain_broken_at: int | None = None,
    brand: Brand | None = None,
    numbers: Mapping[str, str] | None = None,
) -> Snapshot:
    """What the audience may see. `chain_broken_at` is the first event of the audit chain that does not fit.

    `numbers` are those of an earlier pack for the same reader, in which each name keeps what stands for it.

    Raises InputError where what the audience is to get is incomplete and no draft was asked for.
    """
    request.check()
    with language.use(request.spoken):
        return _taken(review, request, chain_head, made_at, chain_broken_at, brand or Brand(), numbers)


def _taken(
    review: Review,
    request: Request,
    chain_head: str,
    made_at: dt.datetime,
    chain_broken_at: int | None,
    brand: Brand,
    numbers: Mapping[str, str] | None,
) -> Snapshot:
    profile = profiles.get(request.audience)
    if request.customer:
        review = one_customer.narrowed(review, profile, request)
    lacking = completeness.check(review, profile, request, chain_broken_at)
    full = Snapshot(
        audience=profile.id,
        slug=review.slug,
        candidate=review.assessment.candidate,
        as_of=review.as_of.isoformat(),
        level=review.verdict.level,
        stamp=request.stamp(review.as_of, formatting.capital(formatting.listed(list(lacking)))),
        head=_head(review, profile),
        sections=tuple(
            PackSection(
                section,
                tr(profiles.SECTIONS[section].title),
                profile.sections[section].of(build(section, review, request.customer)),
            )
            for section in brand.ordered(profile.id, profile.sections)
        ),
        foot=_foot(review, chain_head, chain_broken_at, made_at),
        origin={
            "made": made_at.astimezone(dt.UTC).replace(microsecond=0).isoformat(),
            "valid_until": request.until(review.as_of).isoformat(),
            "audit_head": chain_head,
            "checklist": review.checklist.id,
            "checklist_version": review.checklist.version,
        },
        brand=brand.model_dump(),
        language=language.current(),
    )
    return _withhold(full, Withholding.of(review, profile, request.customer, numbers))


def _head(review: Review, profile: profiles.Profile) -> dict[str, Plain]:
    assessment = review.assessment
    target = assessment.target_date
    shape, word = level_words.SHAPES[review.verdict.level]
    return {
        "name": review.name,
        "audience": tr(profile.name),
        "verdict": f"{shape} {formatting.capital(tr(word))}",
        "sentence": _sentence(review),
        "candidate": assessment.candidate,
        "baseline": assessment.baseline or tr("no baseline"),
        "scope": "" if "scope" in profile.sections else clip(assessment.scope, 160),
        "target": f"{formatting.day(target)} ({formatting.ago(target, review.as_of)})" if target else tr("not set"),
        "assessed": formatting.day(assessment.assessed_on, missing=tr("not dated")),
        "as_of": formatting.day(review.as_of),
    }


def _sentence(review: Review) -> str:
    """The reason of the verdict; a decision against it is said before."""
    clause = decided.clause(review)
    return f"{formatting.capital(clause)}. {summaries.reason(review)}" if clause else summaries.reason(review)


def _foot(review: Review, chain_head: str, broken_at: int | None, made_at: dt.datetime) -> dict[str, Plain]:
    checklist = review.checklist
    at = made_at.astimezone(dt.UTC)
    chain = chain_head or tr("no event yet")
    return {
        "made": f"{formatting.day(at.date())}, {at:%H:%M} UTC",
        "as_of": formatting.day(review.as_of),
        "checklist": f"{tr(checklist.name)}, {checklist.id} {checklist.version}{_plugged()}",
        "source": tr(checklist.source),
        "chain": chain
        if broken_at is None
        else tr("{head}; it does not fit from event {event} on", head=chain, event=broken_at),
    }


def _plugged() -> str:
    """What else than this program judged."""
    return tr(", with the plug-ins {names}", names=formatting.listed(plugins.judging())) if plugins.judging() else ""


def _withhold(full: Snapshot, withholding: Withholding) -> Snapshot:
    """The snapshot without the names that its audience may not read, each text cut to its length only then.

    Whom a pack is for and whom they may ask is told as the sender put it.
    """
    purpose = full.stamp["purpose"]
    named: Plain = {key: full.origin[key] for key in ("checklist", "checklist_version")}
    parts: list[Plain] = [full.slug, full.candidate, purpose, full.head, full.foot, named]
    parts += [section.data for section in full.sections]
    (slug, candidate, purpose, head, foot, named, *data), kinds = withholding.apply(parts)
    numbered = (
        tr("Values of {dimensions} are numbered and not named.", dimensions=formatting.listed(kinds)) if kinds else ""
    )
    few = tr(
        "What tells of fewer than {fewest} cases of another customer is left out.", fewest=withholding.fewest
    ) * bool(withholding.fewest)
    return replace(
        full,
        slug=str(cut(slug)),
        candidate=str(cut(candidate)),
        stamp={**full.stamp, "purpose": cut(purpose)},
        head=_fields(head),
        foot=_fields(foot) | {"numbered": numbered, "few": few},
        numbers=withholding.numbers,
        origin={**full.origin, **{key: str(value) for key, value in _fields(named).items()}},
        sections=tuple(replace(section, data=_fields(own)) for section, own in zip(full.sections, data, strict=True)),
    )


def _fields(data: Plain) -> dict[str, Plain]:
    return {key: cut(value) for key, value in data.items()} if isinstance(data, Mapping) else {}
