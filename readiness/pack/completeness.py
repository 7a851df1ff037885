"""Whether a pack can be given: what its sections rest on is there, and the record of it is whole."""

from __future__ import annotations

from collections.abc import Iterator

from readiness import formatting, language
from readiness.decision.packet import PARTS
from readiness.errors import InputError
from readiness.language import tr
from readiness.review.review import Review

from .profiles import SECTIONS, Profile
from .request import Request


def missing(review: Review, profile: Profile) -> tuple[str, ...]:
    """The parts of the evidence packet that hold nothing and that sections rest on, with these."""
    rest: dict[str, list[str]] = {}
    for section in profile.sections:
        for part in SECTIONS[section].rests_on:
            if review.packet.parts[part].state == "missing":
                rest.setdefault(tr(PARTS[part]), []).append(tr(SECTIONS[section].title))
    return tuple(
        tr("{part} (for {sections})", part=part, sections=formatting.listed(titles)) for part, titles in rest.items()
    )


def check(review: Review, profile: Profile, request: Request, broken_at: int | None) -> tuple[str, ...]:
    """What a draft lacks. Raises InputError where something is missing and no draft was asked for."""
    lacking = (*missing(review, profile), *_broken(broken_at))
    if lacking and not request.draft:
        raise InputError(
            tr(
                "the {audience} pack of {system} is incomplete: {missing}",
                audience=language.within(tr(profile.name)),
                system=review.name,
                missing=formatting.listed(list(lacking)),
            ),
            place="pack",
            expected=tr("the missing parts, or a draft that is marked as one"),
        )
    return lacking


def _broken(broken_at: int | None) -> Iterator[str]:
    if broken_at is not None:
        yield tr("the audit chain does not fit from event {event} on", event=broken_at)
