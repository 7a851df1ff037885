"""How many connections there may be and when they end, in this process; the whole is tried in tests/reliability."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import closing
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from readiness.errors import InputError
from readiness.web import connections, serve
from readiness.web.connections import Left, Sockets
from tests.serving import in_own_loop


def left(name: str, ended: list[str]) -> Any:
    """A session whose page is gone, as Streamlit hands it over."""
    return SimpleNamespace(session=SimpleNamespace(id=name, shutdown=lambda: ended.append(name)))


def test_few_sessions_whose_page_is_gone_are_kept_and_the_first_goes_first() -> None:
    ended: list[str] = []

    async def leave() -> None:
        kept = Left(most=2, seconds=60)
        for name in ("a", "b", "c"):
            kept.save(left(name, ended))
        await asyncio.sleep(0)
        assert [info.session.id for info in kept.list()] == ["b", "c"]
        assert kept.get("a") is None
        assert kept.get("b") is not None
        kept.delete("b")
        kept.delete("never")
        assert [info.session.id for info in kept.list()] == ["c"]

    in_own_loop(leave())
    assert ended == ["a"]


def test_one_is_kept_for_its_time_and_one_that_nobody_used_not_at_all() -> None:
    ended: list[str] = []

    async def leave() -> None:
        kept, gone = Left(most=5, seconds=0), asyncio.Event()

        def end() -> None:
            ended.append("a")
            gone.set()

        info = left("a", ended)
        info.session.shutdown = end
        kept.save(info)
        await gone.wait()
        kept = Left(most=5, seconds=60)
        connections.ended_idle.set(True)
        kept.save(left("idle-one", ended))
        await asyncio.sleep(0)
        assert kept.list() == []

    in_own_loop(leave())
    assert ended == ["a", "idle-one"]


def asked(sockets: Sockets, scope: Scope, hear: Callable[[], Message] | None = None) -> list[Message]:
    """What is sent to somebody who opens a socket or asks for a page."""
    sent: list[Message] = []

    async def receive() -> Message:
        if hear:
            return hear()
        await asyncio.sleep(60)
        raise AssertionError("nothing is said")

    async def send(message: Message) -> None:
        sent.append(message)

    in_own_loop(sockets(scope, receive, send))
    return sent


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "heard", "what": (await receive())["type"]})


def test_a_page_on_which_nobody_does_anything_is_disconnected() -> None:
    sent = asked(Sockets(echo, idle=0.01), {"type": "websocket", "subprotocols": []})
    assert [message["type"] for message in sent] == ["websocket.close", "heard"]
    assert sent[0]["reason"] == "idle"
    assert sent[1]["what"] == "websocket.disconnect"


def test_no_more_sockets_are_taken_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    sockets = Sockets(echo, idle=60)
    monkeypatch.setattr(connections, "room", lambda: 1)
    hear: Callable[[], Message] = lambda: {"type": "websocket.connect"}  # noqa: E731
    assert asked(sockets, {"type": "websocket"}, hear)[-1]["what"] == "websocket.connect"
    sockets.open = 1
    assert asked(sockets, {"type": "websocket"}, hear) == [{"type": "websocket.close", "code": 1008}]
    assert asked(sockets, {"type": "http"}, hear)[-1]["what"] == "websocket.connect"


def test_a_session_that_ended_so_does_not_come_back_by_itself() -> None:
    ended: list[str] = []

    async def leave() -> None:
        connections.ended_idle.set(True)
        Left().save(left("comes-back", ended))
        await asyncio.sleep(0)

    in_own_loop(leave())
    scope = {"type": "websocket", "subprotocols": ["streamlit", "x", "comes-back"]}
    assert asked(Sockets(echo, idle=60), scope, lambda: {"type": "websocket.connect"})[0]["code"] == 1008


def test_there_is_room_for_some_pages_whatever_the_system_gives() -> None:
    assert 4 <= connections.room() <= connections.PAGES


def test_a_port_that_is_taken_is_said_at_once() -> None:
    with closing(serve._listen("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        listener.listen()
        with pytest.raises(InputError, match=rf"127.0.0.1:{taken} cannot be listened on") as refused:
            serve._listen("127.0.0.1", taken)
    assert "expected a port that is free" in str(refused.value)
    assert listener.type == socket.SOCK_STREAM
