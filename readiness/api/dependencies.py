"""What a route is given: the store, who asks, and parameters that were checked."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import Field

from readiness import clock
from readiness.access import Principal
from readiness.errors import Denied, InputError
from readiness.language import tr
from readiness.review.review import Review
from readiness.services import Store, reviews, tokens

from .refusals import NoToken, none_shown

Day = Annotated[dt.date | None, Query(description="The day to answer for; today by default.")]
Slug = Annotated[str, Query(max_length=80)]
Id = Annotated[int, Field(ge=1, le=2**31 - 1)]
_BEARER = HTTPBearer(auto_error=False, description="A token that `readiness token issue` or the page People gave.")


def _opened(request: Request) -> Store:
    opened: Store = request.app.state.store()
    return opened


StoreOf = Annotated[Store, Depends(_opened)]


def _asking(store: StoreOf, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]) -> Principal:
    if shown is None:
        raise none_shown()
    try:
        return tokens.enter(store, shown.credentials)
    except Denied as exc:
        raise NoToken(exc.problem, expected=exc.expected) from exc


By = Annotated[Principal, Depends(_asking)]


def _names(param: Any) -> list[str]:
    """What a parameter is called, or what each field of a model of parameters is."""
    fields = getattr(param.field_info.annotation, "model_fields", None)
    return list(fields) if fields else [param.alias]


def only_known(request: Request) -> None:
    """Raises InputError for a parameter that the route does not have, or that stands twice: a filter would be lost."""
    known = [name for param in request.scope["route"].dependant.query_params for name in _names(param)]
    for name in dict.fromkeys(request.query_params.keys()):
        if name not in known:
            expected = tr("one of {known}", known=", ".join(known)) if known else "none"
            raise InputError(tr("there is no parameter {name!r} here", name=name), place="query", expected=expected)
        if len(request.query_params.getlist(name)) > 1:
            raise InputError(tr("the parameter stands twice"), place=name, expected=tr("one value"))


def this_day(wanted: dt.date | None) -> dt.date:
    return wanted or clock.today()


def loaded(store: Store, by: Principal, slug: str, as_of: dt.date | None) -> Review:
    return reviews.load(store, by, slug, as_of=this_day(as_of))
