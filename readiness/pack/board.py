"""A presentation for a board over several systems, each told as leaders are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from readiness import clock
from readiness.access import Principal, allowed
from readiness.errors import InputError, NotFound
from readiness.language import tr
from readiness.model.packs import SLIDES
from readiness.services import Store, portfolio

from . import Pack, Request, sending, slides

MOST = 60
"""Systems of one presentation."""
AUDIENCE = "leadership"
FORMAT = SLIDES
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def build(
    store: Store,
    principal: Principal,
    systems: Sequence[str],
    request: Request,
    *,
    as_of: dt.date,
    made_at: dt.datetime | None = None,
) -> Pack:
    """One slide for each of the systems in their order, or for all that the principal may export, worst first.

    Each system's is recorded as sent, with the digest of the whole; nothing leaves unless all of them are.
    Raises Denied and NotFound for a system that is named, and InputError where there are none or too many.
    """
    made = made_at or clock.now()
    if request.audience != AUDIENCE:
        raise InputError(tr("slides are for leaders"), place="audience", expected=AUDIENCE)
    slugs = list(dict.fromkeys(systems)) or [
        status.slug
        for status in portfolio.statuses(store, principal, as_of=as_of)
        if allowed(principal, "pack", status.slug)
    ]
    if not slugs:
        raise NotFound(
            tr("no system may be exported"), expected=tr("one that is stored, and the right to export its packs")
        )
    if len(slugs) > MOST:
        raise InputError(
            tr("{number} systems are too many for slides", number=len(slugs)),
            place="system",
            expected=tr("at most {most}", most=MOST),
        )
    found = [sending.taken(store, principal, slug, request, as_of=as_of, made_at=made) for slug in slugs]
    body = slides.deck([taken for _, taken in found], made)
    for review, taken in found:
        sending.record(store, principal, review, request, taken, body, FORMAT)
    return Pack(f"board_{as_of}.{FORMAT}", MEDIA_TYPE, body)
