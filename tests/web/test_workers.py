"""Several processes behind one port: each person stays with theirs, and one that ends is started again."""

from __future__ import annotations

import asyncio
import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from readiness.web import workers
from tests.serving import cookie, free_port, in_own_loop, serving

SESSIONS = 8
NAMED = "readiness_8501_worker=1; Path=/; HttpOnly; SameSite=Strict"


@pytest.mark.parametrize(
    ("head", "number"),
    [
        (b"GET / HTTP/1.1\r\nHost: x:8501\r\nCookie: readiness_8501=ab; readiness_8501_worker=2\r\n\r\n", 2),
        (b"GET / HTTP/1.1\r\nHost: x:1\r\nCookie: readiness_2_worker=3; readiness_1_worker=1\r\n\r\n", 1),
        (b"GET / HTTP/1.1\r\nhost:x\r\ncookie:readiness_worker=5\r\n\r\n", 1),
        (b"POST / HTTP/1.1\r\nHost: x\r\n\r\na\r\nCookie: readiness_worker=1\r\n\r\n", None),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", None),
        (b"GET /?readiness_worker=1 HTTP/1.1\r\nX-Cookie: readiness_worker=1\r\n\r\n", None),
        (b"GET / HTTP/1.1\r\nCookie: readiness_worker=99999\r\n\r\n", None),
        (b"GET / HTTP/1.1\r\nCookie: readiness_worker=one\r\n\r\n", None),
    ],
)
def test_a_request_names_its_process_in_a_cookie(head: bytes, number: int | None) -> None:
    assert workers.named(head, 4) == number


@pytest.mark.parametrize(
    ("kind", "status", "scheme", "cookies", "named", "ends"),
    [
        ("text/html", 200, "http", "", NAMED, True),
        ("text/html", 200, "https", "", f"{NAMED}; Secure", True),
        ("text/html", 403, "http", "", None, True),
        ("text/plain", 200, "http", "", None, True),
        ("text/html", 200, "http", "readiness_8501_worker=0", NAMED, True),
        ("text/html", 200, "http", "readiness_8501_worker=1", None, False),
    ],
)
def test_a_page_that_is_answered_names_its_process_once(
    kind: str, status: int, scheme: str, cookies: str, named: str | None, ends: bool
) -> None:
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Response("x", status, media_type=kind)(scope, receive, send)

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", b"127.0.0.1:8501"), (b"cookie", cookies.encode())]
    scope = {"type": "http", "method": "GET", "scheme": scheme, "headers": headers}
    in_own_loop(workers.Sticky(app, number=1, of=2)(scope, receive, send))
    answer = Headers(raw=sent[0]["headers"])
    assert answer.get("set-cookie") == named
    assert (answer.get("connection") == "close") is ends


def little(number: int, of: int, channel: socket.socket) -> None:
    """A process that says which it is."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await HTMLResponse(str(number))(scope, receive, send)

    config = uvicorn.Config(workers.Sticky(app, number=number, of=of), lifespan="off", log_level="warning")
    workers.Worker(config, channel).run()


def asked(port: int, cookies: str, *parts: bytes) -> tuple[str, str]:
    """Which process answered, and the cookie that it gave; the request comes in parts."""
    head = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookies}\r\n".encode()
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        for part in parts or (head, b"\r\n"):
            connection.sendall(part)
            time.sleep(0.05)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer.read().decode(), (answer.headers["Set-Cookie"] or "").partition(";")[0]


async def visits() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port, ready = listener.getsockname()[1], asyncio.Event()
    switch = workers.Switch(listener, 2, little, ready.set)
    serving = asyncio.create_task(switch.serve())
    await asyncio.wait_for(ready.wait(), 60)
    first, second = [await asyncio.to_thread(asked, port, "") for _ in range(2)]
    assert (first, second) == (("0", f"readiness_{port}_worker=0"), ("1", f"readiness_{port}_worker=1"))
    for number, cookies in (first, second, first):
        assert await asyncio.to_thread(asked, port, cookies) == (number, "")
    assert await asyncio.to_thread(asked, port, "readiness_1_worker=1") == first  # a dashboard on another port
    socket.create_connection(("127.0.0.1", port)).close()  # somebody who asks for nothing
    ended = switch.processes[0].process
    assert ended.pid
    os.kill(ended.pid, signal.SIGKILL)
    assert await asyncio.to_thread(asked, port, first[1]) == ("0", "")
    processes = [one.process for one in switch.processes.values()]
    assert ended not in processes
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving
    assert not [process for process in processes if process.is_alive()]


def test_a_connection_is_given_to_the_process_that_its_cookie_names() -> None:
    in_own_loop(visits())


async def until(holds: Callable[[], bool]) -> None:
    for _ in range(3_000):
        if holds():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


async def crowded() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    ready = asyncio.Event()
    switch = workers.Switch(listener, 1, little, ready.set)
    serving = asyncio.create_task(switch.serve())
    await asyncio.wait_for(ready.wait(), 60)
    waiting = [socket.create_connection(listener.getsockname()) for _ in range(workers.WAITING)]
    await until(lambda: len(switch.looked_at) == workers.WAITING)
    with socket.create_connection(listener.getsockname()) as more:
        more.settimeout(30)
        assert await asyncio.to_thread(more.recv, 1) == b""
    for connection in waiting:
        connection.close()
    await until(lambda: not switch.looked_at)
    assert await asyncio.to_thread(asked, listener.getsockname()[1], "") != ("", "")
    serving.cancel()
    with suppress(asyncio.CancelledError):
        await serving


def test_no_more_connections_are_looked_at_than_there_is_room_for() -> None:
    in_own_loop(crowded())


def broken(number: int, of: int, channel: socket.socket) -> None:
    sys.exit(3)


def test_a_process_that_cannot_start_ends_them_all() -> None:
    switch = workers.Switch(socket.create_server(("127.0.0.1", 0)), 2, broken, lambda: None)
    with pytest.raises(SystemExit, match="3"):
        in_own_loop(switch.serve())
    assert not [one for one in switch.processes.values() if one.process.is_alive()]


@dataclass
class Site:
    """A dashboard of two processes."""

    port: int
    process: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pids(self) -> set[int]:
        """The processes that it started to serve."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children").read_text().split()
        lines = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
        return {child for child, line in lines.items() if b"spawn_main" in line}

    def ask(self, method: str, path: str, cookies: str, body: bytes = b"", token: str = "") -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": cookies}
        if body:
            headers |= {"Content-Type": "multipart/form-data; boundary=b", "X-Xsrftoken": token}
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        answer.read()
        return answer

    def visitor(self) -> str:
        """The cookies of somebody who opened a page: that of the token, and that of the process."""
        token = cookie(self.address)["Cookie"]
        answer = self.ask("GET", "/", token)
        assert answer.headers["Connection"] == "close"
        return f"{token}; {answer.headers['Set-Cookie'].partition(';')[0]}"

    @contextmanager
    def session(self, cookies: str) -> Iterator[tuple[ClientConnection, str]]:
        """A page that is open, and the id of its session."""
        stream = f"ws://127.0.0.1:{self.port}/_stcore/stream"
        with connect(stream, subprotocols=["streamlit"], additional_headers={"Cookie": cookies}) as socket:  # type: ignore[list-item]
            yield socket, rerun(socket)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    port, store = free_port(), tmp_path_factory.mktemp("workers") / "readiness.db"
    command = [sys.executable, "-m", "readiness", "serve", "--workers", "2", "--port", str(port)]
    for process in serving([*command, "--db", f"sqlite:///{store}"], f"http://127.0.0.1:{port}"):
        yield Site(port, process.pid)


def upload(site: Site, session: str, cookies: str) -> int:
    """What the process says of a file for this session: it refuses one for a session that it does not know."""
    shown = site.ask("GET", "/_stcore/health", cookies).headers["Set-Cookie"].partition(";")[0]
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx\r\n--b--\r\n'
    path = f"/_stcore/upload_file/{session}/file-1"
    return site.ask("PUT", path, f"{cookies}; {shown}", body, shown.partition("=")[2]).status


def test_each_person_stays_with_the_process_that_knows_their_session(site: Site) -> None:
    with ExitStack() as stack:
        people = [site.visitor() for _ in range(SESSIONS)]
        assert {person.rpartition("=")[2] for person in people} == {"0", "1"}
        for person in people:
            _, session = stack.enter_context(site.session(person))
            assert upload(site, session, person) == http.HTTPStatus.NO_CONTENT
            elsewhere = f"{person[:-1]}{1 - int(person[-1])}"
            assert upload(site, session, elsewhere) == http.HTTPStatus.BAD_REQUEST
            assert site.ask("GET", "/", person).headers["Set-Cookie"] is None


def test_whoever_has_no_token_gets_no_further_than_before(site: Site) -> None:
    assert site.ask("GET", "/", "readiness_worker=1").status == http.HTTPStatus.FORBIDDEN
    assert site.ask("GET", "/", f"readiness_{site.port}_worker=1").headers["Connection"] == "close"


def rerun(page: ClientConnection) -> str:
    """Have the page run to its end; gives the id of the session."""
    wanted, session = BackMsg(), ""
    wanted.rerun_script.query_string = ""
    page.send(wanted.SerializeToString())
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(page.recv(timeout=60, decode=False))
        session = session or answer.new_session.initialize.session_id
        if answer.WhichOneof("type") == "script_finished":
            return session


def answers(socket: ClientConnection) -> bool:
    try:
        return bool(rerun(socket))
    except ConnectionClosed:
        return False


def test_a_process_that_ends_is_started_again_and_the_other_goes_on(site: Site) -> None:
    people = {person.rpartition("=")[2]: person for person in (site.visitor() for _ in range(SESSIONS))}
    before = site.pids
    with site.session(people["0"]) as (first, _), site.session(people["1"]) as (second, _):
        os.kill(min(before), signal.SIGKILL)
        deadline = time.monotonic() + 60
        while len(site.pids - before) != 1 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert sorted(answers(socket) for socket in (first, second)) == [False, True]
    for person in people.values():
        with site.session(person) as (_, session):
            assert upload(site, session, person) == http.HTTPStatus.NO_CONTENT


def test_all_processes_end_with_the_first(tmp_path: Path) -> None:
    port = free_port()
    command = [sys.executable, "-m", "readiness", "serve", "--workers", "2", "--port", str(port)]
    started: set[int] = set()
    for process in serving([*command, "--db", f"sqlite:///{tmp_path / 'r.db'}"], f"http://127.0.0.1:{port}"):
        started = Site(port, process.pid).pids
    assert len(started) == 2
    assert not [pid for pid in started if Path(f"/proc/{pid}/cmdline").exists()]
