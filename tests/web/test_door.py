"""What the door puts into Streamlit's own page."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from readiness.web.door import Door, Reach

HERE = "http://testserver"
SHELL = '<html lang="en"><head></head><body><div id="root"></div></body></html>'
LOOKS = "--r-blocked:"
"""What our style sets."""


def served(path: str, body: str) -> str:
    async def page(_: Request) -> Response:
        return HTMLResponse(body)

    door = Middleware(Door, key=None, also=frozenset({HERE}), reach=Reach(all=True))
    app = Starlette(routes=[Route("/{path:path}", page)], middleware=[door])
    return str(TestClient(app, base_url=HERE).get(path).text)


@pytest.mark.parametrize("path", ["/", "/verdict?system=desk"])
def test_a_page_comes_with_its_looks_after_those_of_streamlit(path: str) -> None:
    told = served(path, SHELL)
    assert told.index('id="root"') < told.index(LOOKS) < told.index("</style></body>")


@pytest.mark.parametrize(("path", "body"), [("/nowhere", SHELL), ("/", "<html><body>Of another</body></html>")])
def test_no_other_page_does(path: str, body: str) -> None:
    assert LOOKS not in served(path, body)
