"""What leaves is taken and recorded here, whichever view it leaves as; what could not be recorded does not leave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from readiness import clock, language
from readiness.access import Principal, authorize
from readiness.model.packs import SentPack, packed
from readiness.review.review import Review
from readiness.seal import canonical
from readiness.services import Store, packs, reruns, reviews

from . import brand
from .request import Request
from .snapshot import Snapshot, snapshot


def taken(
    store: Store,
    by: Principal,
    slug: str,
    request: Request,
    *,
    as_of: dt.date,
    assessment_id: int | None = None,
    made_at: dt.datetime | None = None,
    numbers: Mapping[str, str] | None = None,
) -> tuple[Review, Snapshot]:
    """A review and what the audience may see of it. Raises Denied, InputError and NotFound."""
    authorize(by, "pack", slug)
    request.check()
    with language.use(request.spoken):  # in which the review says its reasons, too
        chain = reviews.chain(store, by, slug)
        review = reviews.load(store, by, slug, as_of=as_of, assessment_id=assessment_id)
        return review, snapshot(
            reruns.beside(store, by, review),
            request,
            chain_head=packs.chain_head(store, by, slug),
            chain_broken_at=chain.broken_at,
            made_at=made_at or clock.now(),
            brand=brand.configured(),
            numbers=numbers,
        )


def chained(store: Store, by: Principal, slug: str, request: Request, taken: Snapshot) -> Snapshot:
    """With the sealed pack that the same reader got before, which the seal names. Raises Denied."""
    told = request.model_dump(include={"audience", "recipient", "customer"})
    return replace(taken, previous=packs.sealed_before(store, by, slug, _digest(taken), **told))


def _digest(taken: Snapshot) -> str:
    return canonical.digest(canonical.dumps(taken.data()))


def record(
    store: Store,
    by: Principal,
    review: Review,
    request: Request,
    taken: Snapshot,
    body: bytes,
    format: str,
    since: int | None = None,
) -> None:
    """Keep that these bytes leave, and what they say of a system. Raises what `services.packs.record` does.

    In which language stands in what they say, and nowhere else.
    """
    stated = request.model_dump(exclude={"valid_until", "language"}) | {"valid_until": request.until(review.as_of)}
    sent = SentPack(
        **stated,
        assessment_id=review.assessment_id,
        candidate=review.assessment.candidate,
        format=format,
        since=since,
        level=review.verdict.level,
        digest=canonical.digest(body),
        snapshot=_digest(taken),
        numbers=dict(taken.numbers),
        body=packed(taken.data()),
    )
    packs.record(store, by, review, sent)
