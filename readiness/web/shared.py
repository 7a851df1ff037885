"""One pack for a reader without a login, at an address that ends in a secret; nothing else is reached by it.

Whatever is wrong with an address is answered alike.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from readiness import formatting
from readiness.errors import Conflict, Denied, InputError, NotFound, StoreError
from readiness.language import marked, tr
from readiness.pack import Snapshot, render
from readiness.services import Store, links
from readiness.services.links import OpenedLink

MOST_BYTES = 4_096
"""Of a receipt: a name."""
_HEADERS = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}
_VOID = marked("This link does not hold. Ask whoever sent it for another.")


def route(store: Callable[[], Store]) -> Route:
    """Where shared packs are read; `store` gives the store that is served."""

    async def answer(request: Request) -> Response:
        return await _answer(request, store)

    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    return Route("/shared/{secret:path}", answer, methods=methods)


async def _answer(request: Request, store: Callable[[], Store]) -> Response:
    secret = request.path_params["secret"]
    try:
        if request.method == "POST":
            name = await _name(request)
            await run_in_threadpool(links.acknowledge, store(), secret, name)
            return RedirectResponse(request.url.path, 303, _HEADERS)
        if request.method in ("GET", "HEAD"):
            return await run_in_threadpool(_shown, store(), secret, counted=request.method == "GET")
    except (Denied, NotFound):
        pass
    except (InputError, Conflict) as exc:
        return PlainTextResponse(str(exc), 422 if isinstance(exc, InputError) else 409, _HEADERS)
    except StoreError:
        return PlainTextResponse(tr("The store cannot be read now."), 503, _HEADERS)
    return PlainTextResponse(tr(_VOID), 404, _HEADERS)


def _shown(store: Store, secret: str, *, counted: bool) -> Response:
    opened = links.enter(store, secret)
    if counted:
        links.look(store, opened)
    taken = Snapshot.of(opened.pack.record.data or {})
    return HTMLResponse(render.html(taken, _receipt(opened)), headers=_HEADERS)


def _receipt(opened: OpenedLink) -> dict[str, str]:
    link = opened.link
    received = ""
    if link.received_at:
        on = formatting.day(link.received_at.date())
        received = tr("{person} acknowledged this pack on {day}.", person=link.received_by, day=on)
    return {"until": formatting.day(link.link.expires_on), "received": received}


async def _name(request: Request) -> str:
    """What the reader calls themselves. Raises InputError for more than a name takes."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise InputError(tr("the receipt is too long"), place="name", expected=tr("your name"))
    told = parse_qs(body.decode("utf-8", "replace"), max_num_fields=5)
    return told.get("name", [""])[0]
