"""Every failure as an answer: one sentence, with the file and the place where there are any."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from readiness.errors import Conflict, Denied, InputError, NotFound, ReadinessError, StoreError
from readiness.language import tr

_STATUS: tuple[tuple[type[ReadinessError], int], ...] = (
    (Denied, 403),
    (NotFound, 404),
    (Conflict, 409),
    (InputError, 422),
    (StoreError, 503),
)


class Problem(BaseModel):
    """Why nothing was done."""

    error: str
    file: str = ""
    place: str = ""
    problem: str
    expected: str = ""
    theirs: dict[str, Any] = Field(default_factory=dict)


FAILS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (400, 401, 403, 404, 409, 413, 422, 503)
}


class NoToken(Denied):
    """Nobody is asking."""


def none_shown() -> NoToken:
    return NoToken(tr("no token was shown"), expected=tr("the header Authorization: Bearer TOKEN"))


def refusal(exc: ReadinessError) -> Response:
    status = 401 if isinstance(exc, NoToken) else next((code for kind, code in _STATUS if isinstance(exc, kind)), 500)
    told = Problem(error=str(exc), file=exc.file, place=exc.place, problem=exc.problem, expected=exc.expected)
    if isinstance(exc, Conflict):
        told.theirs = exc.theirs
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(told.model_dump(mode="json"), status, headers)


def other(exc: HTTPException) -> Response:
    """What the framework refuses by itself: a path or a method that there is not, a body that is no JSON."""
    said = f"{exc.detail[:1].lower()}{exc.detail[1:]}"
    told = Problem(error=f"{said}.", problem=said)
    return JSONResponse(told.model_dump(mode="json"), exc.status_code, exc.headers)


def unread(exc: RequestValidationError) -> Response:
    first = exc.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return refusal(InputError(tr("the request cannot be read: {msg}", msg=first["msg"]), place=place))


class TokensShown:
    """Whoever shows no token is told so on every path, also where there is nothing, but for the description."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shown = Headers(scope=scope).get("authorization", "").lower().startswith("bearer ")
        answer: ASGIApp = self.app
        if scope["type"] == "http" and not shown and not scope["path"].endswith("/openapi.json"):
            answer = refusal(none_shown())
        await answer(scope, receive, send)
