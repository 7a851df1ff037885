"""The evidence pack, and those that were sent."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import Field

from readiness import pack as packs
from readiness.api import answers
from readiness.api.dependencies import By, Day, StoreOf, this_day
from readiness.errors import InputError
from readiness.language import tr


class PackAsked(packs.Request):
    """A pack as it is asked for over HTTP: for an audience, or what changed `since` one that was sent."""

    audience: str = ""
    since: Annotated[int | None, Field(ge=1, le=2**31 - 1)] = None
    format: str = "md"
    as_of: Day = None


ROUTES = APIRouter()


@ROUTES.get("/systems/{slug}/pack", summary="The evidence pack for one audience")
def pack(slug: str, asked: Annotated[PackAsked, Query()], store: StoreOf, by: By) -> Response:
    stated, day = asked.model_dump(exclude={"format", "as_of", "since"}, exclude_defaults=True), this_day(asked.as_of)
    if asked.since and stated:
        expected = tr("nothing beside since: the reader is that of the earlier pack")
        raise InputError(
            tr("a pack of changes is for whom the pack was for"), place=next(iter(stated)), expected=expected
        )
    if asked.since:
        made = packs.build_since(store, by, slug, asked.since, as_of=day, format=asked.format)
    else:
        made = packs.build(store, by, slug, packs.Request.checked(**stated), as_of=day, format=asked.format)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"', "X-Content-Type-Options": "nosniff"}
    return Response(made.body, media_type=made.media_type, headers=headers)


@ROUTES.get("/systems/{slug}/packs", summary="The packs that were sent, the newest first")
def sent_packs(slug: str, store: StoreOf, by: By, as_of: Day = None) -> list[dict[str, Any]]:
    return [answers.sent_pack(state) for state in packs.sent(store, by, slug, as_of=this_day(as_of))]
