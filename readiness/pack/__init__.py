"""The evidence pack: what one audience may see of a review, as a file to hand over.

`take` gives the snapshot, `render` shows it, `build` does both and names the file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from readiness import clock
from readiness.access import Principal, authorize
from readiness.errors import InputError
from readiness.services import Store, reruns, reviews

from . import brand, bundle, fonts, pdf, render
from .profiles import AUDIENCES, Profile
from .request import CLASSIFICATIONS, DRAFT, Request
from .snapshot import Snapshot, snapshot
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
    "customers",
    "fonts",
    "public",
    "render",
    "snapshot",
    "take",
]


@dataclass(frozen=True)
class Format:
    media_type: str
    render: Callable[[Snapshot], bytes]


FORMATS: dict[str, Format] = {
    "md": Format("text/markdown; charset=utf-8", lambda taken: render.markdown(taken).encode()),
    "html": Format("text/html; charset=utf-8", lambda taken: render.html(taken).encode()),
    "pdf": Format("application/pdf", pdf.pdf),
    "letter.pdf": Format("application/pdf", lambda taken: pdf.pdf(taken, "us-letter")),
    "zip": Format("application/zip", lambda taken: bundle.render(taken, _views())),
}


def _views() -> bundle.Views:
    """Every other form, each of which stands in the ZIP; on paper of one size."""
    return {name: form.render for name, form in FORMATS.items() if name not in ("zip", "letter.pdf")}


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
    """What the audience may see today. Raises Denied, InputError and NotFound."""
    authorize(principal, "pack", slug)
    request.check()
    chain = reviews.chain(store, principal, slug)
    review = reviews.load(store, principal, slug, as_of=as_of, assessment_id=assessment_id)
    return snapshot(
        reruns.beside(store, principal, review),
        request,
        chain_head=chain.head,
        chain_broken_at=chain.broken_at,
        made_at=made_at or clock.now(),
        brand=brand.configured(),
    )


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
    """The pack as a file. Raises Denied, InputError and NotFound."""
    authorize(principal, "pack", slug)
    if format not in FORMATS:
        raise InputError(f"the format {format!r} is not known", place="format", expected=f"one of {', '.join(FORMATS)}")
    taken = take(store, principal, slug, request, as_of=as_of, assessment_id=assessment_id, made_at=made_at)
    chosen = FORMATS[format]
    missing = fonts.named(taken) if chosen.media_type == "application/pdf" else ""
    return Pack(_file_name(taken, format), chosen.media_type, chosen.render(taken), missing)


def _file_name(taken: Snapshot, suffix: str) -> str:
    """`support-copilot_2026.11_leadership_2026-11-23.md`, with nothing in it that a file system could act on."""
    slug, version = (re.sub(r"[^A-Za-z0-9.-]+", "-", text).strip("-.") for text in (taken.slug, taken.candidate))
    return f"{slug}_{version[:60] or 'version'}_{taken.audience}_{taken.as_of}.{suffix}"
