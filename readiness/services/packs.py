"""The trail of packs: each is recorded before it leaves, and told of once it no longer says what is the case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress

from readiness import formatting
from readiness.access import Principal, authorize
from readiness.errors import InputError, NotFound
from readiness.kept import Kept
from readiness.model.assessment import Assessment
from readiness.model.dossier import Done, Stored
from readiness.model.packs import PackState, SentPack, StoredPack
from readiness.review import signoff, summaries
from readiness.review.review import Review
from readiness.store import Store, queries
from readiness.store.changes import packs

from . import reviews
from ._writing import beside

_OF_THE_VERDICT = ("verdict", "score", "rules")
"""Parts that a change of the verdict has said already."""


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


def one(store: Store, by: Principal, slug: str, number: int) -> StoredPack:
    """A pack that was sent, with what it said. Raises Denied, NotFound, and InputError where that is not kept."""
    authorize(by, "pack", slug)
    sent = queries.packs.one(store, slug, number)
    if not sent.record.body:
        problem = f"what pack {number} said is not kept: it was too large, or a text in it was removed for good"
        raise InputError(problem, place="since", expected="another pack that readiness packs lists")
    return sent


def sent(store: Store, by: Principal, slug: str, *, as_of: dt.date) -> list[PackState]:
    """Every pack of a system, the newest first, and why it is out of date where it is. Raises Denied and NotFound."""
    authorize(by, "read", slug)
    found = queries.packs.of_system(store, slug)
    stored = reviews.assessments(store, by, slug) if found else []
    in_force = _in_force(stored, as_of)
    numbers = {one.record.assessment_id for one in found}
    now = {number: review for number in numbers if (review := _review(store, by, slug, as_of, number))}
    kept = Kept()
    return [_state(one, stored, in_force, now, as_of, kept) for one in found]


def _in_force(stored: Sequence[Stored[Assessment]], as_of: dt.date) -> Stored[Assessment] | None:
    return next((one for one in stored if one.record.assessed_on and one.record.assessed_on <= as_of), None)


def _review(store: Store, by: Principal, slug: str, as_of: dt.date, number: int) -> Review | None:
    with suppress(NotFound):
        return reviews.load(store, by, slug, as_of=as_of, assessment_id=number)
    return None


def _state(
    one: StoredPack,
    stored: Sequence[Stored[Assessment]],
    in_force: Stored[Assessment] | None,
    now: Mapping[int, Review],
    as_of: dt.date,
    kept: Kept,
) -> PackState:
    """`kept` is what changed since packs that rested on the same."""
    sent = one.record
    over = f"its validity ended on {formatting.day(sent.valid_until)}" if sent.valid_until < as_of else ""
    review = now.get(sent.assessment_id)
    if review is None:
        return PackState.of(one, "", over, "what it was made from is not stored any more")
    rested_on = (sent.assessment_id, sent.level, signoff.digest(sent.parts))
    changes = kept.once(rested_on, lambda: _changes(sent, review))
    return PackState.of(one, review.verdict.level, over, _newer(sent, stored, in_force), *changes)


def _newer(sent: SentPack, stored: Sequence[Stored[Assessment]], in_force: Stored[Assessment] | None) -> str:
    order = [one.id for one in stored]
    if in_force is None or order.index(in_force.id) >= order.index(sent.assessment_id):
        return ""
    record = in_force.record
    return f"{record.candidate}, assessed on {formatting.day(record.assessed_on)}, is in force now"


def _changes(sent: SentPack, review: Review) -> list[str]:
    """The verdict then and now, and which parts of the same assessment are no longer as they were."""
    level, parts = review.verdict.level, dict(sent.parts)
    told = []
    if level != sent.level:
        told.append(f"the verdict was {summaries.badge(sent.level)} and is {summaries.badge(level)} now")
        parts |= {name: digest for name, digest in signoff.seen(review).items() if name in _OF_THE_VERDICT}
    changed = signoff.changed(review, parts)
    return [*told, f"changed since: {formatting.listed(list(changed))}"] if changed else told
