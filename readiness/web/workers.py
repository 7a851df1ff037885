"""Several processes behind one port: each person stays with the one that knows their session.

Streamlit keeps a session, and what was uploaded in it, in the memory of a process. So the first process takes every
connection, looks at its first request without reading it away, and hands the connection itself to the process that the
cookie names (SCM_RIGHTS): nothing is copied on the way. A connection without the cookie ends with its first answer.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.process import BaseProcess

import uvicorn
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .connections import SILENT
from .door import cookie_name

MOST = 32
"""Processes at most."""
LONGEST_HEAD = 65_536
"""Bytes of a request in which the cookie is looked for, as many as the server takes."""
WAITING = 200
"""Connections that may be looked at at once; more than that are refused."""
AGAIN = 0.02
"""Seconds until a request of which only a part is there is looked at again."""
STARTING = 30.0
"""Seconds that a connection waits for a process that is started again."""
STOPPING = 10.0
"""Seconds that a process has to end."""
_READY = b"r"
_HOST = re.compile(rb"\r\nhost:[ \t]*([^\r\n]*)", re.IGNORECASE)
_COOKIES = re.compile(rb"\r\ncookie:([^\r\n]*)", re.IGNORECASE)


class Sticky:
    """Names the process in a cookie, and ends connections of whoever has not named it yet."""

    def __init__(self, app: ASGIApp, *, number: int, of: int) -> None:
        self.app, self.number, self.of = app, number, of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else None
        if headers is None or self._is_named(headers):
            await self.app(scope, receive, send)
            return
        name = _name(headers.get("host", ""))
        secure = "; Secure" if scope.get("scheme") == "https" else ""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent = MutableHeaders(scope=message)
                sent["Connection"] = "close"
                if sent.get("content-type", "").startswith("text/html") and message["status"] < 400:
                    sent.append("Set-Cookie", f"{name}={self.number}; Path=/; HttpOnly; SameSite=Strict{secure}")
            await send(message)

        await self.app(scope, receive, answer)

    def _is_named(self, headers: Headers) -> bool:
        lines = [f"\r\n{name}:{value}" for name, value in headers.items() if name in ("host", "cookie")]
        return named("".join(lines).encode("latin-1", "replace"), self.of) == self.number


def named(head: bytes, of: int) -> int | None:
    """The process that the head of a request names, of so many; None where it names none."""
    head = head.partition(b"\r\n\r\n")[0]
    host = _HOST.search(head)
    name = _name(host[1].decode("latin-1").strip() if host else "").encode("latin-1")
    for pair in (pair for line in _COOKIES.findall(head) for pair in line.split(b";")):
        key, _, value = pair.strip().partition(b"=")
        if key == name and value.isdigit() and len(value) <= len(str(MOST)):
            return int(value) % of
    return None


def _name(host: str) -> str:
    """What the cookie is called: those of a dashboard on another port of this machine are sent too."""
    return f"{cookie_name(host)}_worker"


class Worker(uvicorn.Server):
    """A server that is handed its connections over a channel, and ends with it."""

    def __init__(self, config: uvicorn.Config, channel: socket.socket) -> None:
        super().__init__(config)
        self.channel = channel

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=[])
        asyncio.get_running_loop().add_reader(self.channel, self._take)
        try:
            self.channel.send(_READY)
        except BrokenPipeError:  # whoever started it has ended meanwhile
            self.should_exit = True

    def _take(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            message, handles, _, _ = socket.recv_fds(self.channel, 1, 1)
        except BlockingIOError:
            return
        if not message:  # whoever hands connections over is gone
            loop.remove_reader(self.channel)
            self.should_exit = True
        for handle in handles:
            connection = socket.socket(fileno=handle)
            connection.setblocking(False)
            task = loop.create_task(self._serve_one(connection))
            self.server_state.tasks.add(task)
            task.add_done_callback(self.server_state.tasks.discard)

    async def _serve_one(self, connection: socket.socket) -> None:
        protocol = self.config.http_protocol_class(
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )  # type: ignore[call-arg, unused-ignore]
        await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, connection)


@dataclass
class _Process:
    process: BaseProcess
    channel: socket.socket
    ready: asyncio.Event = field(default_factory=asyncio.Event)


class Switch:
    """Takes the connections of a port and hands each to one of several processes, which it starts again if one ends.

    `work` is what a process does: it is given its number, how many there are, and its channel. `say` says that all of
    them can take connections.
    """

    def __init__(
        self,
        listener: socket.socket,
        of: int,
        work: Callable[[int, int, socket.socket], None],
        say: Callable[[], None],
    ) -> None:
        self.listener, self.of, self.work, self.say = listener, of, work, say
        self.processes: dict[int, _Process] = {}
        self.next = itertools.cycle(range(of))
        self.looked_at: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Until a signal ends it; every process ends with it."""
        loop, ending = asyncio.get_running_loop(), asyncio.Event()
        if threading.current_thread() is threading.main_thread():  # the others are told of none
            for sign in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(sign, ending.set)
        self.listener.setblocking(False)
        self.listener.listen(socket.SOMAXCONN)
        try:
            await asyncio.gather(*(self._start(number) for number in range(self.of)))
            self.say()
            accepting = [asyncio.create_task(each) for each in (self._accept(), self._watch(), ending.wait())]
            done, _ = await asyncio.wait(accepting, return_when=asyncio.FIRST_COMPLETED)
            for task in accepting:
                task.cancel()
            for task in done:
                task.result()
        finally:
            self._stop()

    async def _start(self, number: int) -> None:
        """Start a process and wait until it can take connections. Raises SystemExit where it ends before."""
        mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        mine.setblocking(False)
        process = get_context("spawn").Process(
            target=self.work, args=(number, self.of, its), name=f"readiness {number}"
        )
        process.start()
        its.close()
        self.processes[number] = started = _Process(process, mine)
        if await asyncio.get_running_loop().sock_recv(mine, 1) != _READY:
            process.join(STOPPING)
            raise SystemExit(process.exitcode or 1)
        started.ready.set()

    async def _watch(self) -> None:
        """One that ended is started again: its people find a new session at the address where they are."""
        while True:
            for number, one in list(self.processes.items()):
                if one.process.is_alive():
                    continue
                print(f"readiness: process {number + 1} ended ({one.process.exitcode}); started again", file=sys.stderr)
                one.channel.close()
                await self._start(number)
            await asyncio.sleep(0.5)

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(self.listener)
            except OSError:  # no descriptors are left: those that are looked at give theirs back
                await asyncio.sleep(AGAIN)
                continue
            if len(self.looked_at) >= WAITING:
                connection.close()
                continue
            task = asyncio.create_task(self._hand_over(connection))
            self.looked_at.add(task)
            task.add_done_callback(self.looked_at.discard)

    async def _hand_over(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, TimeoutError):
            async with asyncio.timeout(SILENT):
                head = await _head(connection)
            if not head:
                return
            number = named(head, self.of)
            number = next(self.next) if number is None else number
            async with asyncio.timeout(STARTING):
                await self._give(connection, number)

    async def _give(self, connection: socket.socket, number: int) -> None:
        """Give it to the process, or if that just ended to the one that is started in its place."""
        while True:
            one = self.processes[number]
            await one.ready.wait()
            try:
                socket.send_fds(one.channel, [b"c"], [connection.fileno()])
            except OSError:
                await asyncio.sleep(AGAIN)
            else:
                return

    def _stop(self) -> None:
        self.listener.close()
        for task in self.looked_at:
            task.cancel()
        for one in self.processes.values():
            one.channel.close()
        for one in self.processes.values():
            one.process.join(STOPPING)
            if one.process.is_alive():
                one.process.kill()


async def _head(connection: socket.socket) -> bytes:
    """The first request up to its body, which stays to be read; b"" of a connection that was closed."""
    loop = asyncio.get_running_loop()
    while True:
        readable = asyncio.Event()
        loop.add_reader(connection, readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(connection)
        head = connection.recv(LONGEST_HEAD, socket.MSG_PEEK)
        if not head or b"\r\n\r\n" in head or len(head) == LONGEST_HEAD:
            return head
        await asyncio.sleep(AGAIN)
