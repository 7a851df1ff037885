"""What is made ready behind the first answer: whoever asks for it earlier waits, and finds it made once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from readiness.web import behind


@pytest.fixture
def released() -> Iterator[Event]:
    """Work is under way behind until this is set."""
    event = Event()
    behind.begin([event.wait])
    yield event
    event.set()
    behind.wait()


async def _said(request: Request) -> PlainTextResponse:
    return PlainTextResponse(request.path_params["name"])


def test_what_is_asked_for_waits_until_all_is_done(released: Event) -> None:
    made: list[bool] = []

    def make() -> list[Route]:
        made.append(released.is_set())
        return [Route("/files/{name}", _said)]

    routes = behind.LateRoutes("/files/", make)
    client = TestClient(Starlette(routes=[routes, Route("/{name}", _said)]))
    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(client.get, f"/files/{name}") for name in "ab"]
        assert client.get("/other").text == "other"
        assert not made
        released.set()
        assert [answer.result().text for answer in answers] == ["a", "b"]
    assert made == [True]


def test_what_is_not_there_below_is_not_looked_for_beside_it() -> None:
    routes = behind.LateRoutes("/files/", lambda: [Route("/files/{name}", _said)])
    client = TestClient(Starlette(routes=[routes, Route("/{path:path}", _said)]))
    assert client.get("/files/a/b").status_code == 404


def test_work_that_fails_is_said_in_a_line_and_keeps_nobody_waiting(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []
    behind.begin([lambda: 1 / 0, lambda: done.append("the next")])
    with ThreadPoolExecutor(1) as pool:
        pool.submit(behind.wait).result(timeout=10)
    assert done == ["the next"]
    assert [record.getMessage() for record in caplog.records] == ["a part could not be made ready: division by zero"]
    assert not caplog.records[0].exc_info
