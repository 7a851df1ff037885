"""What leaves as a file, built anew for whoever asks; the services decide whether they may."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from readiness import pack
from readiness.errors import Denied, NotFound, ReadinessError
from readiness.exports import csv_table
from readiness.exports import sheets as files
from readiness.language import tr
from readiness.model.sheets import Sheet
from readiness.pack import argument as pictures
from readiness.pack import board, questionnaire
from readiness.review import argument
from readiness.services import sheets

from . import reads, session, tables
from .entrance import principal_of


def routes() -> list[Route]:
    return [Route(f"/download/{name}", _answering(make)) for name, make in _MADE.items()]


def _answering(make: Callable[[Request], tuple[str, str, bytes]]) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        try:
            name, media_type, body = make(request)
        except ReadinessError as exc:
            return PlainTextResponse(str(exc), status_code=403 if isinstance(exc, Denied) else 404)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(body, media_type=media_type, headers=headers)

    return answer


def number(request: Request) -> int | None:
    """The assessment that is asked for; None for the one in force."""
    told = request.query_params.get("assessment", "")
    return int(told) if told.isdecimal() and len(told) < 18 else None


def _pack(request: Request) -> tuple[str, str, bytes]:
    """A pack leaves and is recorded: what asks for its headers alone gets nothing. Raises what the pack does."""
    if request.method != "GET":
        raise NotFound(tr("a pack is not looked at from outside"), expected=tr("a download"))
    asked = request.query_params
    slug, form, day = asked.get("system", ""), asked.get("format", "md"), session.today()
    if since := asked.get("since", ""):
        earlier = int(since) if since.isdecimal() and len(since) < 10 else 0
        made = pack.build_since(session.store(), principal_of(request), slug, earlier, as_of=day, format=form)
        return made.name, made.media_type, made.body
    made = pack.build(
        session.store(),
        principal_of(request),
        slug,
        _asked(request),
        as_of=day,
        assessment_id=number(request),
        format=form,
    )
    return made.name, made.media_type, made.body


def _board(request: Request) -> tuple[str, str, bytes]:
    """Slides of all that may be exported, recorded as sent like any pack. Raises what `board.build` does."""
    if request.method != "GET":
        raise NotFound(tr("slides are not looked at from outside"), expected=tr("a download"))
    asked = pack.Request.checked(audience=board.AUDIENCE)
    made = board.build(session.store(), principal_of(request), [], asked, as_of=session.today())
    return made.name, made.media_type, made.body


def _questionnaire(request: Request) -> tuple[str, str, bytes]:
    asked = request.query_params
    made = questionnaire.build(
        session.store(),
        principal_of(request),
        asked.get("system", ""),
        _asked(request),
        questionnaire.Asked(asked.get("framework", "")),
        as_of=session.today(),
        assessment_id=number(request),
        form=asked.get("format", "xlsx"),
    )
    return made.name, made.media_type, made.body


def _asked(request: Request) -> pack.Request:
    return pack.Request.checked(**{name: request.query_params.get(name, "") for name in pack.Request.model_fields})


def _marks(request: Request) -> tuple[str, str, bytes]:
    slug, day = request.query_params.get("system", ""), session.today()
    sheet = sheets.marks(session.store(), principal_of(request), slug, as_of=day, assessment_id=number(request))
    return _file(request, f"{slug}_answers_{day}", sheet)


def _gaps(request: Request) -> tuple[str, str, bytes]:
    day = session.today()
    return _file(request, f"gaps_{day}", sheets.gaps(session.store(), principal_of(request), as_of=day))


def _file(request: Request, stem: str, sheet: Sheet) -> tuple[str, str, bytes]:
    form = request.query_params.get("format", "xlsx")
    if form not in get_args(files.SheetFormat):
        raise NotFound(tr("the form {form!r} is not known", form=form[:40]), expected=tr("xlsx or csv"))
    chosen: files.SheetFormat = form  # type: ignore[assignment]
    return f"{stem}.{form}", files.MEDIA_TYPES[chosen], files.file(sheet, chosen)


def _argument(request: Request) -> tuple[str, str, bytes]:
    asked, day = request.query_params, session.today()
    review = reads.review(principal_of(request), asked.get("system", ""), day, number(request))
    picture = pictures.drawn(argument.of(review, everything=asked.get("all", "") == "1"))
    return f"{review.slug}_argument_{day}.svg", pictures.MEDIA_TYPE, picture.file


def _table(request: Request) -> tuple[str, str, bytes]:
    stem, table = tables.read(principal_of(request), request.query_params)
    return f"{stem}.csv", files.MEDIA_TYPES["csv"], csv_table.file(table.header, table.rows)


_MADE = {
    "pack": _pack,
    "board": _board,
    "marks": _marks,
    "gaps": _gaps,
    "table": _table,
    "argument": _argument,
    "questionnaire": _questionnaire,
}
