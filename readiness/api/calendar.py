"""The calendar of one person: the due dates of their open gaps, at an address that ends in a token.

A calendar shows nothing but an address, so the token stands in it. Whatever is wrong with one is answered alike.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from readiness import clock
from readiness.errors import Denied, StoreError
from readiness.exports import ics
from readiness.language import tr
from readiness.services import Store, gaps, tokens


def route(store: Callable[[], Store]) -> Route:
    """Where calendars are fetched; `store` gives the store that is served."""

    def feed(request: Request) -> Response:
        secret, dot, form = request.path_params["name"].rpartition(".")
        if request.method not in ("GET", "HEAD") or f"{dot}{form}" != ".ics":
            return PlainTextResponse(tr("Not found"), 404)
        try:
            return _calendar(store(), secret)
        except Denied:
            return PlainTextResponse(tr("Not found"), 404)
        except StoreError:
            return PlainTextResponse(tr("The store cannot be read now."), 503)

    return Route("/calendar/{name:path}", feed, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])


def _calendar(store: Store, secret: str) -> Response:
    """Raises Denied for a token that does not hold, or that is not for reading."""
    by = tokens.enter(store, secret)
    if by.only is None or "read" not in by.only:
        raise Denied("the token is not for reading")
    own = [gap for gap in gaps.every(store, by, as_of=clock.today()) if by.is_named(gap.mark.owner)]
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": 'inline; filename="due-dates.ics"'}
    return Response(ics.write(own, clock.now()), media_type="text/calendar", headers=headers)
