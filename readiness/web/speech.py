"""Which language a page speaks: what somebody chose, else what the operator set, else what the browser asks for.

The choice is a cookie that holds the name of a language and nothing else. It is set by a route of the dashboard, which
leads back to a page of the dashboard and nowhere else.
"""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.requests import Request, cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from streamlit.runtime.scriptrunner import get_script_run_ctx

from readiness import language
from readiness.language import tr

from .navigation import PAGES

COOKIE = "readiness_language"
PATH = "/language/"
BACK = "to"
"""Of an address: the page to come back to."""
_YEAR = 365 * 24 * 60 * 60
_LONGEST = 2_000
_PAGES = {"", *(page.name for page in PAGES)}


def begin() -> str:
    """Speak the language of whoever looks, in this run and in what their clicks do before the next one."""
    spoken = _settled(st.context.cookies.get(COOKIE, ""), st.context.locale or "")
    language.speak(spoken)
    return spoken


def _otherwise() -> str:
    """For a run that begins elsewhere, as that of a dialog does; empty outside one, as where a program asks the API."""
    return begin() if get_script_run_ctx(suppress_warning=True) else ""


def of_request(headers: Headers) -> str:
    """The language of an answer that is no page of Streamlit."""
    chosen = cookie_parser("; ".join(headers.getlist("cookie"))).get(COOKIE, "")
    return _settled(chosen, headers.get("accept-language", ""))


def _settled(chosen: str, asked: str) -> str:
    known = language.available()
    first = asked.partition(",")[0].partition(";")[0].partition("-")[0].strip().lower()
    return next(one for one in (chosen, language.stated(), first, language.ENGLISH) if one in known)


language.otherwise(_otherwise)


def choices() -> list[tuple[str, str, str]]:
    """Each language with what it calls itself and the address that chooses it; none where there is but one."""
    known, here = language.available(), urlsplit(str(st.context.url or ""))
    page = here.path.rpartition("/")[2]
    way = f"/{page if page in _PAGES else ''}?{urlencode(st.query_params.to_dict())}"
    return [(one, language.own_name(one), f"{PATH}{one}?{urlencode({BACK: way})}") for one in known if len(known) > 1]


def route() -> Route:
    """Where a language is chosen."""
    return Route(f"{PATH}{{name}}", _choose)


async def _choose(request: Request) -> Response:
    name = request.path_params["name"]
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return PlainTextResponse(tr("Only a page of this dashboard chooses its language."), 403)
    if name not in language.available():
        return PlainTextResponse(tr("There is no such language here."), 404)
    answer = RedirectResponse(_way_back(request.query_params.get(BACK, "")), 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, name, max_age=_YEAR, path="/", httponly=True, samesite="lax", secure=secure)
    return answer


def _way_back(asked: str) -> str:
    """A page of ours with its query, put together anew; whatever else is asked for, the first page."""
    path, _, query = asked.partition("?")
    page = path.removeprefix("/")
    if page not in _PAGES or len(asked) > _LONGEST:
        return "/"
    kept = urlencode(parse_qsl(query))
    return f"/{page}?{kept}" if kept else f"/{page}"
