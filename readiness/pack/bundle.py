"""The pack as a ZIP: what it says in every form there is, the tables, and the seal over all of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache

from readiness import __version__, paths
from readiness.seal import canonical, sealing, signer, statement

from . import profiles, tables
from .snapshot import Snapshot

Views = Mapping[str, Callable[[Snapshot], bytes]]


def render(taken: Snapshot, views: Views) -> bytes:
    """The sealed pack, or an unsigned one where no key is configured. `views` by the ending of their file.

    The same snapshot and key give the same bytes. Raises InputError where the key is not fit to sign.
    """
    members = {statement.SNAPSHOT: canonical.dumps(taken.data())}
    members |= {f"pack.{ending}": view(taken) for ending, view in views.items()}
    members |= tables.files(taken)
    return sealing.seal(members, _predicate(taken, members[statement.SNAPSHOT]), signer.configured())


def _predicate(taken: Snapshot, body: bytes) -> statement.Predicate:
    origin = taken.origin
    return statement.Predicate(
        system=taken.slug,
        snapshot=canonical.digest(body),
        checklist=statement.ChecklistRead(id=origin["checklist"], version=origin["checklist_version"]),
        verdict=taken.level,
        audience=taken.audience,
        draft=bool(taken.stamp["draft"]),
        redaction=statement.Withheld(profile=taken.audience, digest=_allowed(taken.audience)),
        templates=_templates(),
        previous=taken.previous or None,
        audit_head=origin["audit_head"] or None,
        as_of=dt.date.fromisoformat(taken.as_of),
        made=dt.datetime.fromisoformat(origin["made"]),
        program=__version__,
    )


@cache
def _allowed(audience: str) -> str:
    """The digest of all that an audience's list lets through; its fields are a set, and have no order of their own."""
    profile = profiles.get(audience)
    stated = profile.model_dump(mode="json", exclude={"sections"})
    fields = {section: sorted(allowed.fields) for section, allowed in profile.sections.items()}
    return canonical.digest(canonical.dumps({**stated, "sections": fields}))


@cache
def _templates() -> str:
    folder = paths.TEMPLATES / "pack"
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.j2")}
    return canonical.digest(canonical.dumps({name: canonical.digest(body) for name, body in found.items()}))
