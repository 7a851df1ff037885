"""Links for readers without a login: each to one pack as it was sent, up to a day, counted, and revocable."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from dataclasses import dataclass

from readiness import clock
from readiness.access import Principal, authorize
from readiness.errors import Denied, InputError
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.packs import PackLink, StoredLink, StoredPack
from readiness.store import Store, queries
from readiness.store.changes import pack_links

from . import packs
from ._writing import beside

LONGEST = 90
"""Days that one may hold; it never outlives its pack."""
APART = dt.timedelta(minutes=1)
"""Between two looks at a link that count: whoever reloads looks once, and nobody writes more often."""
_LONGEST_NAME = 200


@dataclass(frozen=True)
class OpenedLink:
    """What a reader finds behind a link: the pack as it was sent."""

    link: StoredLink
    pack: StoredPack


def make(store: Store, by: Principal, slug: str, link: PackLink) -> tuple[str, Done]:
    """A link, as the secret that its address ends in, which is shown once.

    Raises Denied, NotFound, and InputError for a pack whose text is not kept or is more than was sent, or a day on
    which it does not count.
    """
    authorize(by, "pack", slug)
    pack = packs.one(store, by, slug, link.pack)
    if not pack.record.is_document:
        problem = tr(
            "pack {pack} was sent as {format}, and a link would show more than that",
            pack=link.pack,
            format=pack.record.format,
        )
        raise InputError(problem, place="pack", expected=tr("one that was sent as a document"))
    last = min(pack.record.valid_until, clock.today() + dt.timedelta(days=LONGEST))
    if not clock.today() <= link.expires_on <= last:
        problem = tr("a link to pack {pack} cannot hold until {day}", pack=link.pack, day=link.expires_on)
        raise InputError(problem, place="expires_on", expected=tr("a day from today to {last}", last=last))
    secret = secrets.token_urlsafe(32)
    done = beside(
        store, slug, lambda session: pack_links.make(session, by.name, slug, link, _digest(secret)), archived=True
    )
    return secret, done


def every(store: Store, by: Principal, slug: str) -> list[StoredLink]:
    """Those to the packs of a system, the newest first. Raises Denied."""
    authorize(by, "pack", slug)
    with store.reading() as session:
        return queries.pack_links.of_system(session, slug)


def revoke(store: Store, by: Principal, slug: str, link_id: int) -> Done:
    """Raises Denied and NotFound."""
    authorize(by, "pack", slug)
    return beside(store, slug, lambda session: pack_links.revoke(session, by.name, slug, link_id), archived=True)


def enter(store: Store, secret: str) -> OpenedLink:
    """What a reader may see. Raises Denied, which does not say what is wrong with the link."""
    with store.reading() as session:
        found = queries.pack_links.of_digest(session, _digest(secret))
    if found is None or not found[0].holds(clock.today()):
        raise _void()
    link, slug = found
    pack = queries.packs.one(store, slug, link.link.pack)
    if not pack.record.body:
        raise _void()
    return OpenedLink(link, pack)


def look(store: Store, opened: OpenedLink) -> None:
    """Count that a reader saw it; again within `APART` is the same look, and nothing is written."""
    last = opened.link.looked_at
    if last and clock.now() - last < APART:
        return
    with store.writing(opened.pack.system) as session:
        pack_links.look(session, opened.link.id, APART)


def acknowledge(store: Store, secret: str, name: str) -> Done:
    """That the reader has the pack: their name, the time and its digest, in the chain.

    Raises Denied for a link that does not hold, InputError without a name, and Conflict where somebody did so before.
    """
    opened = enter(store, secret)
    said = " ".join(name.split())
    if not said or len(said) > _LONGEST_NAME:
        raise InputError(
            tr("the receipt has no name"),
            place="name",
            expected=tr("your name, in up to {most} letters", most=_LONGEST_NAME),
        )
    link, pack = opened.link, opened.pack
    return beside(
        store,
        pack.system,
        lambda session: pack_links.acknowledge(session, pack.system, link.id, said, pack.record.digest),
        archived=True,
    )


def _void() -> Denied:
    return Denied(
        tr("this link does not hold"), expected=tr("one that was sent to you, and is neither revoked nor expired")
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
