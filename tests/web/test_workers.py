"""Several processes behind one port: each person stays with theirs, and one that ends is started again."""

from __future__ import annotations

import http.client
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from readiness.web import workers
from tests.serving import cookie, free_port, serving

SESSIONS = 8


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


@dataclass
class Site:
    """A dashboard of two processes."""

    port: int
    process: int
    kept: dict[str, str] = field(default_factory=dict)

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


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    port = free_port()
    command = [sys.executable, "-m", "readiness", "serve", "--workers", "2", "--port", str(port)]
    for process in serving([*command, "--db", f"sqlite:///{tmp_path / 'readiness.db'}"], f"http://127.0.0.1:{port}"):
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


def rerun(socket: ClientConnection) -> str:
    """Have the page run to its end; gives the id of the session."""
    asked, session = BackMsg(), ""
    asked.rerun_script.query_string = ""
    socket.send(asked.SerializeToString())
    while True:
        answer = ForwardMsg()
        answer.ParseFromString(socket.recv(timeout=60, decode=False))
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
