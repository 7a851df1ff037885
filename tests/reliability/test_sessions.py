"""Pages come and go without anything that stays, and connections that nobody uses end."""

from __future__ import annotations

import asyncio
import socket
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from readiness.web import serve
from tests.reliability import doors, sessions
from tests.reliability.served import FEW, PLAIN, STREAMLIT, Served, dashboard
from tests.serving import cookie, free_port, in_own_loop

SHORT = "from readiness.web import connections\nconnections.IDLE, connections.SILENT = 8.0, 1.0\n"


def test_descriptors_do_not_grow_with_sessions_of_a_process_that_has_few(tmp_path: Path, loaded: Path) -> None:
    with dashboard(tmp_path, before=FEW, loaded=loaded) as served:
        before, after, _ = sessions.growth(served, 60)
        assert after <= before + 3  # a connection of the store more or less
        assert served.log.read_text("utf-8") == ""


def test_more_connections_than_there_are_descriptors_end_and_do_not_fill_the_log(tmp_path: Path, loaded: Path) -> None:
    with dashboard(tmp_path, SHORT + PLAIN, before=FEW, loaded=loaded) as served, ExitStack() as held:
        silent = [held.enter_context(socket.create_connection(("127.0.0.1", served.port), 60)) for _ in range(400)]
        assert {_end(connection) for connection in silent} == {b""}
        assert doors.ask(served.port, "GET", "/health", [("Host", f"127.0.0.1:{served.port}")])[0] == 200
        assert sessions.descriptors(served.process) < 128
        assert len(served.log.read_text("utf-8").splitlines()) < 10


def test_a_server_without_descriptors_says_so_once_and_goes_on_when_there_are_some_again(
    tmp_path: Path, loaded: Path
) -> None:
    """That of `streamlit run`, which ends no connection that is silent."""
    with dashboard(tmp_path, STREAMLIT, before=FEW, loaded=loaded) as served:
        with ExitStack() as held:
            for _ in range(400):
                held.enter_context(socket.create_connection(("127.0.0.1", served.port), 60))
            while not served.log.read_text("utf-8"):
                time.sleep(0.1)
            time.sleep(3)  # long enough for thousands of lines
        assert doors.ask(served.port, "GET", "/health", [("Host", f"127.0.0.1:{served.port}")])[0] == 200
        said = "readiness: no descriptors are left, so that connections have to wait"
        assert [line for line in served.log.read_text("utf-8").splitlines() if "descriptors" in line] == [said]
        assert len(served.log.read_text("utf-8").splitlines()) < 10


def _end(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1)
    except ConnectionResetError:
        return b""


def test_no_more_pages_open_than_there_is_room_for_and_one_that_leaves_makes_room(tmp_path: Path, loaded: Path) -> None:
    async def crowd(served: Served) -> None:
        stream, known = f"ws://127.0.0.1:{served.port}/_stcore/stream", cookie(served.address)
        opened = [await connect(stream, additional_headers=known) for _ in range(22)]
        with pytest.raises(InvalidStatus, match="403"):
            await connect(stream, additional_headers=known)
        await opened.pop().close()
        opened.append(await connect(stream, additional_headers=known))
        for page in opened:
            await page.close()

    with dashboard(tmp_path, before=FEW, loaded=loaded) as served:
        in_own_loop(crowd(served))
        in_own_loop(sessions.visit(served))


def test_a_page_that_nobody_uses_is_disconnected_and_does_not_come_back_by_itself(tmp_path: Path, loaded: Path) -> None:
    async def wait(served: Served) -> None:
        stream, known = f"ws://127.0.0.1:{served.port}/_stcore/stream", cookie(served.address)
        async with connect(stream, additional_headers=known, max_size=None) as page:
            await page.send(sessions.asking())
            name = ""
            with suppress(ConnectionClosed):
                while True:
                    name = sessions.name_in(await page.recv(decode=False)) or name
        assert (page.close_code, bool(name)) == (1001, True)
        with pytest.raises(InvalidStatus, match="403"):
            await connect(stream, additional_headers=known, subprotocols=["streamlit", "x", name])  # type: ignore[list-item]
        async with connect(stream, additional_headers=known):
            pass  # opened anew, as when it is loaded again

    with dashboard(tmp_path, SHORT + PLAIN, loaded=loaded) as served:
        in_own_loop(wait(served))


def test_small_answers_are_sent_without_delay() -> None:
    sent: list[int] = []

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sent.append(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async def ask() -> None:
        listener = serve._listen("127.0.0.1", free_port())
        async with await asyncio.start_server(answer, sock=listener):
            reader, writer = await asyncio.open_connection(*listener.getsockname())
            await reader.read()
            writer.close()

    in_own_loop(ask())
    assert sent == [1]
