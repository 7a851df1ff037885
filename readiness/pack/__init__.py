"""The evidence pack: what one audience may see of a review, as a file to hand over.

`take` gives the snapshot, `render` shows it, `build` does both, names the file and records that it was sent. The same
with `_since` is about what changed since a pack that was sent.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from readiness import language
from readiness.access import Principal, authorize
from readiness.errors import InputError
from readiness.language import tr
from readiness.model.packs import SEALED
from readiness.review.review import Review
from readiness.services import Store, packs

from . import bundle, fonts, pdf, render, sending, since
from .profiles import AUDIENCES, Profile
from .request import CLASSIFICATIONS, DRAFT, Request
from .snapshot import Snapshot, snapshot
from .trail import sent
from .twins import cyclonedx, in_toto, oscal
from .withholding import customers, public

__all__ = [
    "AUDIENCES",
    "CLASSIFICATIONS",
    "DRAFT",
    "FORMATS",
    "Pack",
    "Profile",
    "Request",
    "Snapshot",
    "build",
    "build_since",
    "customers",
    "fonts",
    "named",
    "public",
    "render",
    "sent",
    "snapshot",
    "take",
    "take_since",
]


@dataclass(frozen=True)
class Format:
    """A form of a pack; `ending` is that of its file, where that is not its name."""

    media_type: str
    render: Callable[[Snapshot], bytes]
    ending: str = ""


FORMATS: dict[str, Format] = {
    "md": Format("text/markdown; charset=utf-8", lambda taken: render.markdown(taken).encode()),
    "html": Format("text/html; charset=utf-8", lambda taken: render.html(taken).encode()),
    "pdf": Format("application/pdf", pdf.pdf),
    "letter.pdf": Format("application/pdf", lambda taken: pdf.pdf(taken, "us-letter")),
    "cyclonedx": Format("application/vnd.cyclonedx+json; version=1.6", cyclonedx.render, "cdx.json"),
    "oscal": Format("application/json", oscal.render, "oscal.json"),
    "in-toto": Format("application/vnd.in-toto+json", in_toto.render, "intoto.json"),
    "zip": Format("application/zip", lambda taken: bundle.render(taken, _views())),
}


def _views() -> bundle.Views:
    """Every other form, each of which stands in the ZIP; on paper of one size."""
    return {form.ending or name: form.render for name, form in FORMATS.items() if name not in ("zip", "letter.pdf")}


@dataclass(frozen=True)
class Pack:
    """A file that is ready to leave."""

    name: str
    media_type: str
    body: bytes
    missing: str = ""
    """The characters that no font of ours draws on paper, which stand there as code points."""


def take(
    store: Store,
    principal: Principal,
    slug: str,
    request: Request,
    *,
    as_of: dt.date,
    assessment_id: int | None = None,
    made_at: dt.datetime | None = None,
) -> Snapshot:
    """What the audience may see today; nothing of it is recorded. Raises Denied, InputError and NotFound."""
    return sending.taken(store, principal, slug, request, as_of=as_of, assessment_id=assessment_id, made_at=made_at)[1]


def build(
    store: Store,
    principal: Principal,
    slug: str,
    request: Request,
    *,
    as_of: dt.date,
    format: str = "md",
    assessment_id: int | None = None,
    made_at: dt.datetime | None = None,
) -> Pack:
    """The pack as a file, which is recorded as sent. Raises Denied, InputError, NotFound and StoreError."""
    authorize(principal, "pack", slug)
    _check(format)
    review, taken = sending.taken(
        store, principal, slug, request, as_of=as_of, assessment_id=assessment_id, made_at=made_at
    )
    return _send(store, principal, review, request, taken, format)


def take_since(
    store: Store,
    principal: Principal,
    slug: str,
    number: int,
    *,
    as_of: dt.date,
    made_at: dt.datetime | None = None,
) -> Snapshot:
    """What changed since a pack that was sent, for its reader. Raises Denied, InputError and NotFound."""
    return _taken_since(store, principal, slug, number, as_of, made_at)[2]


def build_since(
    store: Store,
    principal: Principal,
    slug: str,
    number: int,
    *,
    as_of: dt.date,
    format: str = "md",
    made_at: dt.datetime | None = None,
) -> Pack:
    """The same as a file, which is recorded as sent. Raises Denied, InputError, NotFound and StoreError."""
    authorize(principal, "pack", slug)
    _check(format)
    review, request, taken = _taken_since(store, principal, slug, number, as_of, made_at)
    return _send(store, principal, review, request, taken, format, since=number)


def _taken_since(
    store: Store, by: Principal, slug: str, number: int, as_of: dt.date, made_at: dt.datetime | None
) -> tuple[Review, Request, Snapshot]:
    before = packs.one(store, by, slug, number)
    request = since.request(before)
    review, now = sending.taken(store, by, slug, request, as_of=as_of, made_at=made_at, numbers=before.record.numbers)
    with language.use(request.spoken):
        return review, request, since.compared(before, review, request, now)


def _send(
    store: Store,
    by: Principal,
    review: Review,
    request: Request,
    taken: Snapshot,
    format: str,
    since: int | None = None,
) -> Pack:
    taken = sending.chained(store, by, review.slug, request, taken) if format == SEALED else taken
    made = named(taken, format, since)
    sending.record(store, by, review, request, taken, made.body, format, since)
    return made


def named(taken: Snapshot, format: str, since: int | None = None) -> Pack:
    """A snapshot as a file under its own name; nothing of it is recorded. Raises InputError."""
    _check(format)
    chosen = FORMATS[format]
    missing = fonts.named(taken) if chosen.media_type == "application/pdf" else ""
    return Pack(_file_name(taken, chosen.ending or format, since), chosen.media_type, chosen.render(taken), missing)


def _check(format: str) -> None:
    if format not in FORMATS:
        raise InputError(
            tr("the format {format!r} is not known", format=format),
            place="format",
            expected=tr("one of {known}", known=", ".join(FORMATS)),
        )


def _file_name(taken: Snapshot, suffix: str, since: int | None) -> str:
    """`support-copilot_2026.11_leadership_2026-11-23.md`, with nothing in it that a file system could act on."""
    what = f"{taken.audience}-changes-since-pack-{since}" if since else taken.audience
    spoken = "" if taken.language == language.ENGLISH else f"_{taken.language}"
    return f"{safe(taken.slug)}_{safe(taken.candidate)[:60] or 'version'}_{what}_{taken.as_of}{spoken}.{suffix}"


def safe(text: str) -> str:
    """A text as a part of the name of a file."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-.")
