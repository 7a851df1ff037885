"""A pack of a review that is in no store."""

from __future__ import annotations

from typing import Any

from readiness import clock
from readiness.pack import Pack, Request, named, snapshot
from readiness.review.review import Review


def build_pack(review: Review, audience: str, *, format: str = "md", **asked: Any) -> Pack:
    """What an audience may see of a review, as a file: `name`, `media_type` and its bytes in `body`.

    `asked` is as the command line has it: recipient, purpose, classification, contact, valid_until, customer, draft,
    language.
    The pack is on no record, since there is no store, and says so where the head of the audit chain would stand: what
    is sent to somebody is better made by `readiness pack`. Raises InputError, also where the audience would get less
    than it is to get and no draft is asked for.

    >>> import readiness
    >>> pack = readiness.build_pack(reviewed(), "leadership", draft=True)
    >>> pack.name, pack.body.decode().splitlines()[0]
    ('support-copilot_2026.11_leadership_2026-11-20.md', '# Support Copilot 2026.11')
    """
    request = Request.checked(audience=audience, **asked)
    taken = snapshot(review, request, chain_head="", made_at=clock.now())
    return named(taken, format)
