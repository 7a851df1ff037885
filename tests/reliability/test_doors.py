"""Who may not is refused on every route, and told where to find the address."""

from __future__ import annotations

import http.client
import itertools
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from readiness.web.door import TOKEN_VARIABLE
from tests.reliability import doors
from tests.reliability.served import Served, dashboard
from tests.serving import ROOT, TOKEN, cookie, free_port, waiting
from tests.soak import SOAKED, sampled

SERVE = ("-m", "readiness", "serve", "--port")
STREAMLIT = ("-m", "streamlit", "run", "app.py", "--server.port")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, loaded: Path) -> Iterator[Served]:
    with dashboard(tmp_path_factory.mktemp("doors"), loaded=loaded) as started:
        yield started


def test_nobody_who_may_not_is_served_on_any_route(served: Served) -> None:
    attempts = list(doors.served(served, ("GET", "POST", "SOCKET")))
    assert len(attempts) > 1000
    assert [sentence for sentence, was_served in attempts if was_served] == []


def test_whoever_has_the_cookie_passes_the_door_on_every_route(served: Served) -> None:
    headers = [("Host", f"127.0.0.1:{served.port}"), *cookie(served.address).items()]
    for path in doors.routes():
        assert b"This dashboard" not in doors.ask(served.port, "GET", path, headers)[1], path
    for name in ("localhost", "[::1]"):
        known = [("Host", f"{name}:{served.port}"), ("Origin", f"http://{name}:{served.port}"), headers[1]]
        assert doors.ask(served.port, "GET", "/", known)[0] == 200
        assert doors.ask(served.port, "SOCKET", "/_stcore/stream", known)[0] == 101


def test_the_token_is_changed_for_a_cookie_and_leaves_the_address(served: Served) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("GET", f"/verdict?token={TOKEN}&system=claims%20intake")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["location"]) == (303, "/verdict?system=claims+intake")
    stated = answer.headers["set-cookie"]
    assert stated.startswith(f"{cookie(served.address)['Cookie']};")
    assert {"HttpOnly", "SameSite=strict"} <= set(stated.split("; "))
    assert TOKEN not in stated
    answer.read()
    connection.request("GET", f"//evil.example/x?token={TOKEN}")
    assert connection.getresponse().headers["location"] == "/evil.example/x"


def test_without_the_cookie_a_person_reads_where_the_address_stands(served: Served) -> None:
    status, body = doors.ask(served.port, "GET", "/verdict", [("Host", f"127.0.0.1:{served.port}")])
    assert status == 403
    assert b"opens with the address that readiness printed in the terminal" in body


@pytest.mark.parametrize("path", ["/", "/nothing", "/health", "/download/pack", "/media/x"])
@pytest.mark.parametrize("known", [True, False])
def test_every_answer_has_the_headers(served: Served, path: str, known: bool) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    connection.request("GET", path, headers=cookie(served.address) if known else {})
    headers = connection.getresponse().headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
    assert headers["access-control-allow-origin"] is None


@contextmanager
def started(folder: Path, *command: str) -> Iterator[tuple[int, str]]:
    """A dashboard without a token from us: its port, and the token in the one address that it prints."""
    known = {name: value for name, value in os.environ.items() if name != TOKEN_VARIABLE}
    known["READINESS_DATABASE_URL"] = f"sqlite:///{folder / 'readiness.db'}"
    port = free_port()
    start = [sys.executable, *command, str(port)]
    with subprocess.Popen(start, cwd=ROOT, env=known, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            line = process.stdout.readline()
            waiting(process, f"http://127.0.0.1:{port}/health")
            before, _, token = line.strip().partition("?token=")
            assert before == f"readiness: http://127.0.0.1:{port}/"
            yield port, token
        finally:
            process.terminate()
        assert process.stdout.read() == ""  # nothing else was printed


@pytest.mark.parametrize("command", [SERVE, STREAMLIT])
def test_each_start_prints_an_address_of_its_own_that_opens_it_and_keeps_it_nowhere(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    tokens = []
    starts = 1 if command == STREAMLIT and not SOAKED else 2  # what makes the token is the same
    for _ in range(starts):
        with started(tmp_path, *command) as (port, token):
            host = [("Host", f"127.0.0.1:{port}")]
            assert doors.ask(port, "GET", f"/?token={token}", host)[0] == 303
            for path in ("/", f"/?token={token[:-1]}", "/download/pack", "/media/x", "/?token="):
                assert doors.refused(*doors.ask(port, "GET", path, host))
            assert doors.refused(*doors.ask(port, "SOCKET", "/_stcore/stream", host))
            tokens.append(token)
    assert len({*tokens}) == starts
    assert all(len(token) >= 43 for token in tokens)
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert not any(token.encode() in kept for token in tokens)


WRONG = [
    ("READINESS_TOKEN", "short", "READINESS_TOKEN: the launch token cannot be used; expected 16 to 200 letters"),
    ("READINESS_TOKEN", "with a blank in it", "READINESS_TOKEN: the launch token cannot be used"),
    ("READINESS_ORIGINS", "*", "READINESS_ORIGINS: '*' is not an address that a browser could show; expected"),
    ("READINESS_ORIGINS", "https://a.example/x", "'https://a.example/x' is not an address that a browser could"),
    ("READINESS_ORIGINS", "http://a.example:x", "'http://a.example:x' is not an address that a browser could"),
]


@pytest.mark.parametrize(("command", "wrong"), sampled(itertools.product([SERVE, STREAMLIT], WRONG), 3))
def test_what_cannot_be_a_token_or_an_origin_is_one_sentence(
    tmp_path: Path, command: tuple[str, ...], wrong: tuple[str, str, str]
) -> None:
    variable, value, said = wrong
    start = [sys.executable, *command, str(free_port())]
    known = os.environ | {variable: value, "READINESS_DATABASE_URL": f"sqlite:///{tmp_path / 'readiness.db'}"}
    done = subprocess.run(start, cwd=ROOT, env=known, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_an_address_that_is_stated_is_served_too_and_its_cookie_is_for_https_alone(tmp_path: Path) -> None:
    command = ("-m", "readiness", "serve", "--origin", "https://ready.example", "--port")
    with started(tmp_path, *command) as (port, token):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", f"/?token={token}", headers={"Host": "ready.example"})
        answer = connection.getresponse()
        assert answer.status == 303
        assert "; Secure" in answer.headers["set-cookie"]
        known = [("Host", "ready.example"), ("Cookie", answer.headers["set-cookie"].partition(";")[0])]
        assert doors.ask(port, "SOCKET", "/_stcore/stream", [*known, ("Origin", "https://ready.example")])[0] == 101
        assert doors.ask(port, "SOCKET", "/_stcore/stream", [*known, ("Origin", "http://ready.example")])[0] == 403
        assert doors.ask(port, "SOCKET", "/_stcore/stream", [*known, ("Origin", f"http://127.0.0.1:{port}")])[0] == 403
