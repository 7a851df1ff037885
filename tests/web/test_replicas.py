"""Two replicas on one PostgreSQL store behind a real nginx with TLS, as deploy/nginx sets it up."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from readiness import paths
from readiness.services import admin
from readiness.web.door import TOKEN_VARIABLE, Key, cookie_name
from tests import factories
from tests.serving import ME, TOKEN, free_port, waiting

NAME = "readiness.example.com"
CONF = paths.ROOT / "deploy" / "nginx" / "readiness.conf"
PEOPLE = 8
MAIN = """
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include /etc/nginx/mime.types;
    include {folder}/readiness.conf;
}}
"""


@dataclass
class Site:
    """What people reach at one address."""

    port: int
    folder: Path
    replicas: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "readiness.pem"))

    @property
    def token(self) -> str:
        return f"{cookie_name(f'{NAME}:{self.port}')}={Key(TOKEN).cookie}"

    def get(self, path: str, cookies: str, **headers: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=_named(self.trust), timeout=30)
        connection.request("GET", path, headers={"Host": f"{NAME}:{self.port}", "Cookie": cookies} | headers)
        answer = connection.getresponse()
        answer.read()
        return answer

    def visitor(self) -> str:
        """The cookies of somebody who opened a page: of the token, and of the replica."""
        shown = self.get("/", self.token).headers["Set-Cookie"].partition(";")[0]
        return f"{self.token}; {shown}"

    def open(self, cookies: str) -> ClientConnection:
        return connect(
            f"wss://{NAME}:{self.port}/_stcore/stream",
            sock=socket.create_connection(("127.0.0.1", self.port), timeout=30),
            ssl=self.trust,
            server_hostname=NAME,
            proxy=None,
            subprotocols=["streamlit"],  # type: ignore[list-item]
            additional_headers={"Cookie": cookies, "Origin": f"https://{NAME}:{self.port}"},
            max_size=None,
            open_timeout=60,
        )


def _named(context: ssl.SSLContext) -> ssl.SSLContext:
    """Names are not looked up here, so that of the certificate is not compared; who made it is."""
    context.check_hostname = False
    return context


@pytest.fixture
def site(tmp_path: Path, postgres_url: str, loaded: Path) -> Iterator[Site]:
    admin.copy(factories.principal(), f"sqlite:///{loaded}", postgres_url)
    port, ports = free_port(), {"a": free_port(), "b": free_port()}
    site = Site(port, tmp_path)
    with ExitStack() as stack:
        for name, own in ports.items():
            site.replicas[name] = stack.enter_context(_replica(own, f"https://{NAME}:{port}", postgres_url))
        stack.enter_context(nginx(site, ports))
        yield site


@contextmanager
def _replica(port: int, origin: str, url: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "readiness", "serve", "--port", str(port), "--db", url, "--origin", origin]
    process = subprocess.Popen(command, env=os.environ | {"READINESS_USER": ME, TOKEN_VARIABLE: TOKEN}, cwd=paths.ROOT)
    try:
        waiting(process, f"http://127.0.0.1:{port}/health")
        yield process
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def nginx(site: Site, ports: dict[str, int]) -> Iterator[None]:
    conf = CONF.read_text("utf-8").partition("server {\n    listen 80;")[0]
    changed = {"listen 443": f"listen 127.0.0.1:{site.port}", "/etc/nginx/tls": str(site.folder)}
    for old, new in (changed | {"8501": str(ports["a"]), "8502": str(ports["b"])}).items():
        conf = conf.replace(old, new)
    (site.folder / "readiness.conf").write_text(conf, "utf-8")
    (site.folder / "nginx.conf").write_text(MAIN.format(folder=site.folder), "utf-8")
    made = ["-keyout", str(site.folder / "readiness.key"), "-out", str(site.folder / "readiness.pem")]
    named = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *made, *named],
        check=True,
        capture_output=True,
    )
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "nginx is not installed: sudo apt install nginx-light"
    process = subprocess.Popen([program, "-c", str(site.folder / "nginx.conf"), "-p", str(site.folder)])
    try:
        for _ in range(100):
            try:
                if site.get("/health", "").status == http.HTTPStatus.OK:
                    break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def rerun(page: ClientConnection) -> float:
    """Seconds that the page takes to run to its end, which has to show what is stored."""
    asked, began, shown = BackMsg(), time.monotonic(), False
    asked.rerun_script.query_string = "system=claims-intake"
    asked.rerun_script.page_name = "verdict"
    page.send(asked.SerializeToString())
    while True:
        raw, answer = page.recv(timeout=60, decode=False), ForwardMsg()
        answer.ParseFromString(raw)
        shown |= b"Minimum packet" in raw
        if answer.WhichOneof("type") == "script_finished":
            assert shown
            return time.monotonic() - began


def test_the_address_has_tls_and_headers_and_lets_in_nobody_without_the_token(site: Site) -> None:
    answer = site.get("/", site.token, **{"Accept-Encoding": "gzip"})
    assert answer.status == http.HTTPStatus.OK
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Set-Cookie"].endswith("Path=/; HttpOnly; Secure; SameSite=Strict")
    assert site.get("/", "").status == http.HTTPStatus.FORBIDDEN
    assert site.get("/", site.token, Host="elsewhere.example.com").status == http.HTTPStatus.FORBIDDEN
    person = site.visitor()
    assert site.get("/", person).headers["Set-Cookie"] is None


def test_who_is_on_the_other_replica_notices_nothing_when_one_is_killed(site: Site) -> None:
    people: dict[str, list[str]] = {"a": [], "b": []}
    while min(map(len, people.values())) < PEOPLE // 2:
        person = site.visitor()
        people[person[-1]].append(person)
    with ExitStack() as stack:
        pages = {
            name: [stack.enter_context(site.open(person)) for person in people[name][: PEOPLE // 2]] for name in "ab"
        }
        for page in (*pages["a"], *pages["b"]):
            rerun(page)
        waits: list[float] = []
        ending = threading.Event()

        def work(page: ClientConnection) -> None:
            while not ending.is_set():
                waits.append(rerun(page))

        others = [threading.Thread(target=work, args=(page,)) for page in pages["a"]]
        for other in others:
            other.start()
        time.sleep(1)
        site.replicas["b"].kill()
        with pytest.raises(ConnectionClosed):
            _work_on(pages["b"][0])
        done = len(waits)
        for person in people["b"][: PEOPLE // 2]:  # as their pages do by themselves
            with _again(site, person) as page:
                assert rerun(page) < 30
        time.sleep(1)
        ending.set()
        for other in others:
            other.join()
        assert len(waits) > done + len(others)


def _work_on(page: ClientConnection) -> None:
    while True:
        rerun(page)


@contextmanager
def _again(site: Site, person: str) -> Iterator[ClientConnection]:
    """A page that lost its connection asks for another one, for some seconds if need be."""
    for _ in range(50):
        try:
            page = site.open(person)
        except (InvalidStatus, OSError):
            time.sleep(0.2)
        else:
            with page:
                yield page
            return
    raise AssertionError("nobody answered")
