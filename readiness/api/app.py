"""The HTTP API under `/api/v1/`: what the command line answers, for whoever shows a token.

Described at `/api/v1/openapi.json`. Every failure is one sentence, with the file and the place where there are any.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from readiness import __version__, clock
from readiness import pack as packs
from readiness.access import Principal
from readiness.decision.merging import OnConflict
from readiness.errors import Conflict, Denied, InputError, NotFound, ReadinessError, StoreError
from readiness.importers import Options
from readiness.model.assessment import VersionRole
from readiness.pack import step_summary
from readiness.review import scorecard_json
from readiness.review.review import Review
from readiness.services import Store, gaps, imports, judges, reruns, reviews, tokens
from readiness.services import packs as packs_service

from . import answers, asked

LARGEST_UPLOAD = 200 * 1024 * 1024
"""Bytes of one file, as many as the page takes."""
_STATUS: tuple[tuple[type[ReadinessError], int], ...] = (
    (Denied, 403),
    (NotFound, 404),
    (Conflict, 409),
    (InputError, 422),
    (StoreError, 503),
)
Day = Annotated[dt.date | None, Query(description="The day to answer for; today by default.")]
Slug = Annotated[str, Query(max_length=80)]
Id = Annotated[int, Field(ge=1, le=2**31 - 1)]


class Problem(BaseModel):
    """Why nothing was done."""

    error: str
    file: str = ""
    place: str = ""
    problem: str
    expected: str = ""
    theirs: dict[str, Any] = Field(default_factory=dict)


class GapAnswer(BaseModel):
    """An open gap; `seen` is what a change must name."""

    id: int
    system: str
    signal: str
    name: str
    mark: str
    owner: str
    due: dt.date | None
    days_over: int
    slips: int
    action: str
    seen: int


class GapChange(BaseModel):
    """What is to be different; what is not named stays. `reason` is needed where the date moves later."""

    model_config = ConfigDict(extra="forbid")
    due: dt.date | None = None
    owner: str | None = Field(default=None, max_length=300)
    action: str | None = Field(default=None, max_length=300)
    reason: str = Field(default="", max_length=20_000)
    seen: int | None = Field(default=None, ge=0, le=2**31 - 1)


class WriteAnswer(BaseModel):
    changed: bool
    sentence: str


class ImportAnswer(BaseModel):
    """What a file held, and what was stored of it."""

    file: str
    format: str
    stored: bool
    sentence: str
    versions: list[str]
    kept: int | None
    traces: int
    samples: list[dict[str, str]]
    skipped: int
    skips: list[dict[str, str]]
    warnings: list[str]
    doubts: list[str]


class PackAsked(packs.Request):
    """A pack as it is asked for over HTTP: for an audience, or what changed `since` one that was sent."""

    audience: str = ""
    since: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None
    format: str = "md"
    as_of: Day = None


class CheckAnswer(BaseModel):
    """Whether the verdict is good enough; `undecided` where it is not settled yet, which is no pass."""

    model_config = ConfigDict(extra="allow")
    holds: bool
    undecided: bool
    at_least: str
    unsigned: list[str]


_FAILS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (400, 401, 403, 404, 409, 413, 422, 503)
}


def build(store: Callable[[], Store]) -> FastAPI:
    """The application; `store` gives the store that is served."""
    app = FastAPI(
        title="readiness",
        version=__version__,
        summary="Evidence that an LLM feature is ready for an enterprise rollout, and the verdict from it.",
        docs_url=None,
        redoc_url=None,
        responses=_FAILS,
    )
    app.state.store = store
    app.add_exception_handler(ReadinessError, lambda _, exc: _refusal(cast("ReadinessError", exc)))
    app.add_exception_handler(RequestValidationError, lambda _, exc: _unread(cast("RequestValidationError", exc)))
    app.add_exception_handler(HTTPException, lambda _, exc: _other(cast("HTTPException", exc)))
    app.include_router(_ROUTES)
    app.add_middleware(_Shown)
    return app


class _Shown:
    """Whoever shows no token is told so on every path, also where there is nothing, but for the description."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shown = Headers(scope=scope).get("authorization", "").lower().startswith("bearer ")
        answer: ASGIApp = self.app
        if scope["type"] == "http" and not shown and not scope["path"].endswith("/openapi.json"):
            answer = _refusal(_NoToken(_NONE_SHOWN[0], expected=_NONE_SHOWN[1]))
        await answer(scope, receive, send)


_NONE_SHOWN = ("no token was shown", "the header Authorization: Bearer TOKEN")


class _NoToken(Denied):
    """Nobody is asking."""


def _refusal(exc: ReadinessError) -> Response:
    status = 401 if isinstance(exc, _NoToken) else next((code for kind, code in _STATUS if isinstance(exc, kind)), 500)
    told = Problem(error=str(exc), file=exc.file, place=exc.place, problem=exc.problem, expected=exc.expected)
    if isinstance(exc, Conflict):
        told.theirs = exc.theirs
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse(told.model_dump(mode="json"), status, headers)


def _other(exc: HTTPException) -> Response:
    """What the framework refuses by itself: a path or a method that there is not, a body that is no JSON."""
    said = f"{exc.detail[:1].lower()}{exc.detail[1:]}"
    told = Problem(error=f"{said}.", problem=said)
    return JSONResponse(told.model_dump(mode="json"), exc.status_code, exc.headers)


def _unread(exc: RequestValidationError) -> Response:
    first = exc.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return _refusal(InputError(f"the request cannot be read: {first['msg']}", place=place))


_BEARER = HTTPBearer(auto_error=False, description="A token that `readiness token issue` or the page People gave.")


def _opened(request: Request) -> Store:
    opened: Store = request.app.state.store()
    return opened


StoreOf = Annotated[Store, Depends(_opened)]


def _asking(store: StoreOf, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]) -> Principal:
    if shown is None:
        raise _NoToken(_NONE_SHOWN[0], expected=_NONE_SHOWN[1])
    try:
        return tokens.enter(store, shown.credentials)
    except Denied as exc:
        raise _NoToken(exc.problem, expected=exc.expected) from exc


By = Annotated[Principal, Depends(_asking)]


def _names(param: Any) -> list[str]:
    """What a parameter is called, or what each field of a model of parameters is."""
    fields = getattr(param.field_info.annotation, "model_fields", None)
    return list(fields) if fields else [param.alias]


def _only_known(request: Request) -> None:
    """Raises InputError for a parameter that the route does not have, or that stands twice: a filter would be lost."""
    known = [name for param in request.scope["route"].dependant.query_params for name in _names(param)]
    for name in dict.fromkeys(request.query_params.keys()):
        if name not in known:
            expected = f"one of {', '.join(known)}" if known else "none"
            raise InputError(f"there is no parameter {name!r} here", place="query", expected=expected)
        if len(request.query_params.getlist(name)) > 1:
            raise InputError("the parameter stands twice", place=name, expected="one value")


_ROUTES = APIRouter(dependencies=[Depends(_only_known)])


@_ROUTES.get("/systems", summary="Where every system stands")
def systems(store: StoreOf, by: By, as_of: Day = None) -> list[dict[str, Any]]:
    reviews.check_day(store, by, as_of=_day(as_of))
    return [answers.status(review) for review in reviews.every(store, by, as_of=_day(as_of))]


@_ROUTES.get("/systems/{slug}", summary="Where one system stands, and why")
def system(slug: str, store: StoreOf, by: By, as_of: Day = None) -> dict[str, Any]:
    return answers.status(_review(store, by, slug, as_of))


@_ROUTES.get("/systems/{slug}/check", summary="Whether the verdict is good enough")
def check(
    slug: str,
    at_least: str,
    store: StoreOf,
    by: By,
    *,
    signed: bool = False,
    summary: bool = False,
    as_of: Day = None,
) -> CheckAnswer:
    asked.level(at_least, place="at_least")
    review = _review(store, by, slug, as_of)
    told = answers.checked(review, at_least, signed=signed)
    return CheckAnswer(
        holds=told.holds,
        undecided=told.undecided,
        at_least=at_least,
        unsigned=told.unsigned,
        **({"summary": step_summary.markdown(review, at_least, **answers.outcome(told))} if summary else {}),
        **answers.status(review),
    )


@_ROUTES.get("/systems/{slug}/scorecard", summary="The figures beside their baseline, and the gates")
def scorecard(slug: str, store: StoreOf, by: By, metric: str = "", as_of: Day = None) -> dict[str, Any]:
    review = _review(store, by, slug, as_of)
    asked.metric(review, metric, place="metric")
    apart = judges.of_metrics(store, by, review, metric)
    return scorecard_json.answer(reruns.beside(store, by, review), metric, apart)


@_ROUTES.get("/systems/{slug}/pack", summary="The evidence pack for one audience")
def pack(slug: str, asked: Annotated[PackAsked, Query()], store: StoreOf, by: By) -> Response:
    stated, day = asked.model_dump(exclude={"format", "as_of", "since"}, exclude_defaults=True), _day(asked.as_of)
    if asked.since and stated:
        expected = "nothing beside since: the reader is that of the earlier pack"
        raise InputError("a pack of changes is for whom the pack was for", place=next(iter(stated)), expected=expected)
    if asked.since:
        made = packs.build_since(store, by, slug, asked.since, as_of=day, format=asked.format)
    else:
        made = packs.build(store, by, slug, packs.Request.checked(**stated), as_of=day, format=asked.format)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"', "X-Content-Type-Options": "nosniff"}
    return Response(made.body, media_type=made.media_type, headers=headers)


@_ROUTES.get("/systems/{slug}/packs", summary="The packs that were sent, the newest first")
def sent_packs(slug: str, store: StoreOf, by: By, as_of: Day = None) -> list[dict[str, Any]]:
    return [answers.sent_pack(state) for state in packs_service.sent(store, by, slug, as_of=_day(as_of))]


@_ROUTES.get("/gaps", summary="The open gaps, the earliest due date first")
def open_gaps(
    store: StoreOf, by: By, system: Slug = "", owner: str = "", *, overdue: bool = False, as_of: Day = None
) -> list[GapAnswer]:
    found = asked.gaps(store, by, system=system, owner=owner, as_of=_day(as_of))
    wanted = found.overdue() if overdue else found.gaps
    return [GapAnswer(**answers.gap(one), seen=one.row_version) for one in wanted]


@_ROUTES.patch("/gaps/{gap_id}", summary="Move a due date, name an owner or the next action")
def change(gap_id: Id, wanted: GapChange, store: StoreOf, by: By) -> WriteAnswer:
    stored = gaps.one(store, by, gap_id)
    done = gaps.change(
        store,
        by,
        gap_id,
        seen=stored.row_version if wanted.seen is None else wanted.seen,
        due=wanted.due if "due" in wanted.model_fields_set else stored.record.due,
        owner=stored.record.owner if wanted.owner is None else wanted.owner,
        action=stored.record.action if wanted.action is None else wanted.action,
        reason=wanted.reason,
    )
    return WriteAnswer(changed=done.changed, sentence=done.sentence)


@_ROUTES.post(
    "/imports",
    summary="Store one file, told by its content; the body is the file",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def upload(
    request: Request,
    store: StoreOf,
    by: By,
    name: Annotated[str, Query(min_length=1, max_length=255, description="What the file is called.")],
    system: Slug = "",
    version: Annotated[str, Query(max_length=300)] = "",
    role: VersionRole | None = None,
    format: Annotated[str, Query(max_length=80)] = "",
    measured_on: dt.date | None = None,
    on_conflict: OnConflict = "stop",
    *,
    dry_run: bool = False,
) -> ImportAnswer:
    if version and role:
        raise InputError("version and role exclude one another", expected="one of them")
    options = Options(version=version, format=format, measured_on=measured_on)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        await _receive(request, path, name)
        wanted = imports.ImportRequest(path=path, name=name, system=system, role=role, options=options)
        return await run_in_threadpool(_keep, store, by, wanted, on_conflict, dry_run=dry_run)


async def _receive(request: Request, path: Path, name: str) -> None:
    """Raises InputError as soon as more arrives than one file may have."""
    size = 0
    with path.open("wb") as file:
        async for part in request.stream():
            size += len(part)
            if size > LARGEST_UPLOAD:
                expected = f"at most {LARGEST_UPLOAD // 2**20} MiB"
                raise InputError("the file is too large", file=name, expected=expected)
            file.write(part)


def _keep(
    store: Store, by: Principal, wanted: imports.ImportRequest, on_conflict: OnConflict, *, dry_run: bool
) -> ImportAnswer:
    (parcel,) = imports.read_all(store, by, [wanted])
    imports.check(store, by, parcel.batch, on_conflict=on_conflict)
    sentence = (
        answers.would(parcel.batch)
        if dry_run
        else imports.keep(
            store, by, parcel.batch, system=parcel.system, as_of=clock.today(), on_conflict=on_conflict
        ).sentence
    )
    return ImportAnswer(**answers.imported(parcel.batch, sentence, stored=not dry_run))


def _day(wanted: dt.date | None) -> dt.date:
    return wanted or clock.today()


def _review(store: Store, by: Principal, slug: str, as_of: dt.date | None) -> Review:
    return reviews.load(store, by, slug, as_of=_day(as_of))
