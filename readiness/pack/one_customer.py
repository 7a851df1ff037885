"""What one customer may see of a review: their own traces beside what is about everybody."""

from __future__ import annotations

from dataclasses import replace

from readiness import formatting
from readiness.errors import InputError
from readiness.kept import Kept
from readiness.language import tr
from readiness.review.review import Review

from .profiles import Profile
from .request import Request
from .sections.cohorts import key, of_one
from .withholding import customers


def narrowed(review: Review, profile: Profile, request: Request) -> Review:
    """The review without the traces of others; the verdict and what it rests on stay as they are.

    Raises InputError where nothing is stored of such a customer, unless a draft is asked for.
    """
    known, customer = customers(review, profile), request.customer
    if key(customer) not in set(map(key, known)) and not request.draft:
        raise InputError(
            tr("{slug} has no cohort of {customer!r}", slug=review.slug, customer=customer),
            place="customer",
            expected=formatting.few(known) or tr("figures by customer, as a cohort such as tenant=NAME"),
        )
    traces = [(file, stored) for file, stored in review.dossier.traces if of_one(stored.record.cohort, customer)]
    return replace(review, dossier=replace(review.dossier, traces=traces), kept=Kept())
