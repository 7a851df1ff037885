"""What is signed: the digest of every member, and what the pack is (in-toto Statement v1, https://in-toto.io)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints, ValidationError

from readiness.errors import InputError, from_validation
from readiness.importers.source.gateway import parse_json, to_text
from readiness.importers.source.limits import MOST_MEMBERS
from readiness.language import tr

from . import canonical

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE = "tag:readiness,2026:evidence-pack/v1"
"""Documented in docs/seal.md."""
MEDIA_TYPE = "application/vnd.in-toto+json"
FILE, SNAPSHOT = "statement.json", "snapshot.json"
_Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class ChecklistRead(BaseModel):
    id: str
    version: str


class Withheld(BaseModel):
    """By which list names were withheld: the audience's, and a digest of all that it lets through."""

    profile: str
    digest: _Hex


class Predicate(BaseModel):
    """What a pack says of itself outside its own words; keys that a later program adds are passed over.

    `snapshot`, `templates`, `previous` and `audit_head` are SHA-256 in hex; `previous` is the digest of the sealed
    pack that the reader got before, and `audit_head` the head of the chain of events when this one was made; both may
    be unknown.
    """

    system: str
    snapshot: _Hex
    checklist: ChecklistRead
    verdict: str
    audience: str
    draft: bool
    redaction: Withheld
    templates: _Hex
    previous: _Hex | None = None
    audit_head: _Hex | None = None
    as_of: dt.date
    made: Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(dt.UTC))]
    program: str


class DigestSet(BaseModel):
    sha256: _Hex


class Subject(BaseModel):
    name: str
    digest: DigestSet


class Statement(BaseModel):
    type_: Annotated[Literal["https://in-toto.io/Statement/v1"], Field(alias="_type")]
    subject: Annotated[list[Subject], Field(max_length=MOST_MEMBERS)]
    predicate_type: Annotated[Literal["tag:readiness,2026:evidence-pack/v1"], Field(alias="predicateType")]
    predicate: Predicate

    @property
    def digests(self) -> dict[str, str]:
        return {subject.name: subject.digest.sha256 for subject in self.subject}


def write(members: Mapping[str, bytes], facts: Predicate) -> bytes:
    stated: dict[str, Any] = {
        "_type": TYPE,
        "subject": [
            {"name": name, "digest": {"sha256": canonical.digest(body)}} for name, body in sorted(members.items())
        ],
        "predicateType": PREDICATE,
        "predicate": facts.model_dump(mode="json"),
    }
    return canonical.dumps(stated)


def read(body: bytes) -> Statement:
    """Raises InputError for what is no statement of a pack."""
    try:
        found = Statement.model_validate(parse_json(to_text(body, file=FILE), file=FILE))
    except ValidationError as exc:
        raise from_validation(exc, file=FILE) from exc
    if len(found.digests) != len(found.subject):
        raise InputError(tr("a member is named twice"), file=FILE, place="subject", expected=tr("each once"))
    return found
