"""What is known of a pack that left: for whom, what it said, and what it rested on."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import StringConstraints
from sqlmodel import Field

from readiness.language import tr

from .checklist import Level
from .record import Line, Record

EVENTS = ("pack", "pack.link", "pack.receipt")
"""What the record calls a pack that was sent, a link to it and its receipt; no verdict follows from any."""
SEALED = "zip"
"""The form that carries a seal."""
SLIDES, QUESTIONNAIRE = "pptx", "questionnaire"
"""What else leaves than a document: it says less than the snapshot that it was made from."""
MOST_BYTES = 16_000_000
"""Of a snapshot as JSON; of a larger one only the digest is kept."""
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class SentPack(Record):
    """A pack as it left. `digest` is of its bytes, `snapshot` of the canonical JSON of all that it says.

    `body` is that JSON in the order of the document, compressed; empty where it is not kept. `parts` are the digests of
    what the review showed then, and `numbers` what stood for the names that were left out, by their digests. `since` is
    the earlier pack that it is compared with, where it says only what changed.
    """

    assessment_id: int
    candidate: Line
    audience: Line
    recipient: Line = ""
    purpose: Line = ""
    classification: Line
    contact: Line = ""
    customer: Line = ""
    valid_until: dt.date
    format: Line
    draft: bool = False
    since: int | None = None
    level: Level
    digest: Digest
    snapshot: Digest
    parts: dict[str, str] = Field(default_factory=dict)
    numbers: dict[str, str] = Field(default_factory=dict)
    body: bytes = b""

    @property
    def is_document(self) -> bool:
        """Whether all of the snapshot was sent."""
        return self.format != SLIDES and not self.is_questionnaire

    @property
    def is_questionnaire(self) -> bool:
        return self.format.startswith(QUESTIONNAIRE)

    @property
    def data(self) -> dict[str, Any] | None:
        """What it said; None where that is not kept."""
        return unpacked(self.body) if self.body else None


@dataclass(frozen=True)
class StoredPack:
    """A pack that was sent, by whom and when; `system` is the slug of what it is about."""

    id: int
    system: str
    record: SentPack
    by: str
    at: dt.datetime


class PackLink(Record):
    """An address at which one pack is read by somebody without a login, up to a day."""

    pack: int
    expires_on: dt.date


@dataclass(frozen=True)
class StoredLink:
    """A link with how often it was followed, and what its reader acknowledged: their name, empty before they did."""

    id: int
    link: PackLink
    made_by: str
    made_at: dt.datetime
    revoked_at: dt.datetime | None
    looks: int
    looked_at: dt.datetime | None
    received_by: str
    received_at: dt.datetime | None

    def holds(self, day: dt.date) -> bool:
        return self.revoked_at is None and day <= self.link.expires_on


@dataclass(frozen=True)
class PackState:
    """A pack that was sent, and every reason for which it no longer says what is the case; `level` is that of today."""

    sent: StoredPack
    level: str
    out_of_date: tuple[str, ...] = ()

    @classmethod
    def of(cls, sent: StoredPack, level: str, *reasons: str) -> Self:
        return cls(sent, level, tuple(filter(None, reasons)))


def packed(data: Mapping[str, Any]) -> bytes:
    """What a pack says, to be kept; empty where it is too much."""
    body = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return zlib.compress(body, 9) if len(body) <= MOST_BYTES else b""


def unpacked(body: bytes) -> dict[str, Any]:
    """Raises ValueError for what `packed` did not make."""
    reader = zlib.decompressobj()
    try:
        text = reader.decompress(body, MOST_BYTES)
    except zlib.error as exc:
        raise ValueError(tr("what a pack said cannot be read")) from exc
    if reader.unconsumed_tail:
        raise ValueError(tr("what a pack said is larger than any that is kept"))
    told: dict[str, Any] = json.loads(text.decode("utf-8", "surrogatepass"))
    return told
