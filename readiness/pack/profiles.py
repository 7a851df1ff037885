"""Who may be given what: the audiences of a pack, each an allow-list of fields in `data/packs/`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property

from pydantic import BaseModel, ConfigDict

from readiness import paths
from readiness.decision.packet import PartId
from readiness.errors import InputError
from readiness.language import tr

from .sections import plugged
from .sections.base import Plain

PUBLIC_DIMENSIONS = (
    *("language", "locale", "region", "query_class", "query_type", "intent"),
    *("severity", "concurrency", "policy_version", "category", "attack"),
)
"""Kinds of cohorts that tell questions and versions apart, and no customers; a release policy may add its own."""
SECTIONS_FILE = "sections.toml"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SectionKind(_Data):
    """What a pack can hold; `rests_on` are the parts of the evidence packet without which it says nothing."""

    title: str
    rests_on: tuple[PartId, ...] = ()


class Allowed(_Data):
    """The fields of a section that may leave, as paths from its top: `gates.state`; lists are walked through."""

    fields: frozenset[str]

    def of(self, data: Mapping[str, Plain]) -> dict[str, Plain]:
        """The data without every field that is not named."""
        return {key: kept for key, value in data.items() if (kept := self._kept(value, key)) is not None}

    def _kept(self, value: Plain, at: str) -> Plain | None:
        if isinstance(value, Mapping):
            inner = {
                key: kept for key, entry in value.items() if (kept := self._kept(entry, f"{at}.{key}")) is not None
            }
            return inner if inner or at in self._above else None
        if isinstance(value, str | int):
            return value if at in self.fields else None
        if at not in self.fields | self._above:
            return None
        return [kept for entry in value if (kept := self._kept(entry, at)) is not None]

    @cached_property
    def _above(self) -> frozenset[str]:
        """What holds a field that may leave."""
        return frozenset(".".join(parts[:end]) for parts in map(_split, self.fields) for end in range(1, len(parts)))


class Profile(_Data):
    """One audience. `leaves` and `left_out` say in words what `sections` allow; the tests hold them together.

    Values of cohorts may be read where their dimension is one of `public_dimensions` or public by the release policy,
    and are numbered otherwise; people are told by their role unless `names_people`, and files by their kind always.
    A pack counts for `valid_days`, unless it is asked for another day. Of `one_customer`, the values of one customer
    are read beside the public ones, and cohorts of others with fewer than `fewest` cases are left out.
    """

    id: str
    place: int
    name: str
    reader: str
    leaves: tuple[str, ...]
    left_out: tuple[str, ...]
    sections: dict[str, Allowed]
    public_dimensions: tuple[str, ...] = PUBLIC_DIMENSIONS
    names_people: bool = False
    one_customer: bool = False
    fewest: int = 0
    valid_days: int


def _split(path: str) -> list[str]:
    return path.split(".")


def _profiles() -> Iterator[Profile]:
    for path in paths.PACKS.glob("*.toml"):
        if path.name != SECTIONS_FILE:
            yield _with_plugins(Profile.model_validate(tomllib.loads(path.read_text("utf-8"))))


def _with_plugins(profile: Profile) -> Profile:
    """The audience with the sections that plug-ins give it, behind its own."""
    more = {
        section: Allowed(fields=frozenset(plugin.offers.audiences[profile.id]))
        for section, plugin in plugged.SECTIONS.items()
        if profile.id in plugin.offers.audiences
    }
    return profile.model_copy(update={"sections": profile.sections | more}) if more else profile


SECTIONS: dict[str, SectionKind] = {
    section: SectionKind.model_validate(told)
    for section, told in tomllib.loads((paths.PACKS / SECTIONS_FILE).read_text("utf-8")).items()
}
plugged.load(SECTIONS)
SECTIONS |= {section: SectionKind(title=str(plugin.offers.title)) for section, plugin in plugged.SECTIONS.items()}
AUDIENCES: dict[str, Profile] = {
    profile.id: profile for profile in sorted(_profiles(), key=lambda profile: profile.place)
}


def get(audience: str) -> Profile:
    """Raises InputError with the audiences there are."""
    if audience not in AUDIENCES:
        raise InputError(
            tr("the audience {audience!r} is not known", audience=audience),
            place="audience",
            expected=tr("one of {known}", known=", ".join(AUDIENCES)),
        )
    return AUDIENCES[audience]
