"""The trail of packs: each is recorded before it leaves."""

from __future__ import annotations

from readiness.access import Principal, authorize
from readiness.errors import InputError
from readiness.language import tr
from readiness.model.dossier import Done
from readiness.model.packs import SentPack, StoredPack
from readiness.review import signoff
from readiness.review.review import Review
from readiness.store import Store, queries
from readiness.store.changes import packs

from ._writing import beside


def record(store: Store, by: Principal, review: Review, sent: SentPack) -> Done:
    """Keep that a pack leaves, with what the review shows now; whoever hands it over waits for this.

    A system in the archive sends packs as well: whoever asks what it was released on asks after it is gone, and nothing
    of it changes by that. Raises Denied, NotFound, and StoreError where it cannot be kept.
    """
    authorize(by, "pack", review.slug)
    stated = {"assessment_id": review.assessment_id, "candidate": review.assessment.candidate}
    shown = {"level": review.verdict.level, "parts": signoff.seen(review)}
    whole = SentPack.checked(**sent.model_dump() | stated | shown)
    return beside(store, review.slug, lambda session: packs.send(session, by.name, review.slug, whole), archived=True)


def chain_head(store: Store, by: Principal, slug: str) -> str:
    """The hash of the last event that was not itself a pack: the same pack again is the same file. Raises Denied."""
    authorize(by, "read", slug)
    return queries.packs.chain_head(store)


def sealed_before(
    store: Store, by: Principal, slug: str, snapshot: str, *, audience: str, recipient: str, customer: str
) -> str:
    """The digest of the sealed pack that the same reader got before this snapshot; empty where none is known.

    The same pack sent again follows the same one, so that it stays the same file; a reader who is not named has none.
    Raises Denied.
    """
    authorize(by, "pack", slug)
    if not recipient:
        return ""
    return queries.packs.sealed_before(store, slug, audience, recipient, customer, snapshot)


def one(store: Store, by: Principal, slug: str, number: int) -> StoredPack:
    """A pack that was sent, with what it said. Raises Denied, NotFound, and InputError where that is not kept."""
    authorize(by, "pack", slug)
    sent = queries.packs.one(store, slug, number)
    if not sent.record.body:
        problem = tr(
            "what pack {number} said is not kept: it was too large, or a text in it was removed for good", number=number
        )
        raise InputError(problem, place="since", expected=tr("another pack that readiness packs lists"))
    return sent


def whole(store: Store, by: Principal, slug: str, number: int) -> StoredPack:
    """The same to be compared with today and handed to nobody; what it said may be gone. Raises Denied and NotFound."""
    authorize(by, "read", slug)
    return queries.packs.one(store, slug, number)


def every(store: Store, by: Principal, slug: str) -> list[StoredPack]:
    """Those of a system, the newest first, without what they said. Raises Denied and NotFound."""
    authorize(by, "read", slug)
    return queries.packs.of_system(store, slug)
