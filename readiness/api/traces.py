"""Traces that OpenTelemetry sends by itself: `POST /v1/traces`, as its protocol has it.

Requests are read and redacted in a process beside the one that serves pages. Those that wait for the store are kept
together, in one transaction, and answered after it; evidence is made of them in another process.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from readiness import formatting
from readiness.access import KEEPER, Principal
from readiness.errors import Conflict, Denied, NotFound, ReadinessError
from readiness.formatting import count
from readiness.importers.otlp import received
from readiness.importers.otlp.requests import Encoding, TooLarge
from readiness.importers.source.limits import MEBIBYTE, REQUEST_CAP
from readiness.language import tr
from readiness.model.received import SpanBatch
from readiness.services import Store, tokens
from readiness.services import received as service

from . import otlp
from .folding import folded
from .processes import Processes
from .refusals import NoToken, none_shown

PATH = "/v1/{name:path}"
"""Of signals of OpenTelemetry, of which traces are taken."""
MOST_BYTES = 64 * MEBIBYTE
"""Of requests that are looked at at once."""
MOST_BEHIND = 4_000_000
"""Spans that are kept and no evidence yet, above which nothing more is taken."""
EVERY = 1.0
"""Seconds between two looks at whether there is something to make evidence of."""
_READERS = min(os.cpu_count() or 1, 4)
"""Processes at most that read and redact; one starts when the others are at work."""


class Receiver:
    """Takes requests for a store, and makes evidence of what they hold for as long as it runs."""

    def __init__(self, store: Callable[[], Store]) -> None:
        self.store = store
        self._bytes = 0
        self._behind = 0
        self._said = -60.0
        self._waiting: list[_Waiting] = []
        self._keeping: asyncio.Task[None] | None = None
        self._readers, self._folder = Processes(_READERS), Processes(1)

    def route(self) -> Route:
        methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        return Route(PATH, self.receive, methods=methods)

    async def receive(self, request: Request) -> Response:
        """Keep the spans of a request, and answer when they are kept."""
        media_type = request.headers.get("content-type", "")
        encoding: Encoding = otlp.encoding_of(media_type) or "protobuf"
        try:
            by = await run_in_threadpool(self._asking, request)
            if request.path_params["name"] != "traces" or request.method != "POST":
                raise NotFound(tr("nothing is received here"), expected="POST /v1/traces")
            system = service.own_system(by)
            encoding = otlp.media_of(media_type)
            gzip = otlp.is_gzip(request.headers.get("content-encoding", ""))
            with self._room(_stated(request)):
                body = await _body(request)
                read = await self._readers.run(_reading(body, encoding, gzip=gzip, system=system))
            return await self._kept(by, encoding, read)
        except ReadinessError as exc:
            return otlp.refusal(encoding, exc)
        except ClientDisconnect:
            return Response(status_code=400)

    def _asking(self, request: Request) -> Principal:
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not secret.strip():
            raise none_shown()
        try:
            return tokens.enter(self.store(), secret.strip())
        except Denied as exc:
            raise NoToken(exc.problem, expected=exc.expected) from exc

    @contextmanager
    def _room(self, size: int) -> Iterator[None]:
        """Raises Busy where too much is under way already."""
        if self._bytes + size > MOST_BYTES or self._behind > MOST_BEHIND:
            raise otlp.Busy(tr("more is sent than can be read at the moment"), expected=tr("the same once more, later"))
        self._bytes += size
        try:
            yield
        finally:
            self._bytes -= size

    async def _kept(self, by: Principal, encoding: Encoding, read: received.Received) -> Response:
        wrong = await run_in_threadpool(service.refused, self.store(), by, [part.named for part in read.parts])
        parts = [part for part in read.parts if part.named not in wrong]
        if wrong and not parts:
            raise next(iter(wrong.values()))
        batches = [SpanBatch(part.named, part.spans, by.name, part.lines) for part in parts]
        if batches:
            await self._keep(by, batches)
        lost = sum(part.spans for part in read.parts if part.named in wrong)
        why = [read.why] if read.rejected else []
        why += [f"{count(lost, 'span')}: {next(iter(wrong.values()))}"] if wrong else []
        return otlp.taken(encoding, read.rejected + lost, "; ".join(why))

    async def _keep(self, by: Principal, batches: list[SpanBatch]) -> None:
        """Keep these with all that wait by then, which takes one transaction and not one each."""
        waiting = _Waiting(by, batches)
        self._waiting.append(waiting)
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.create_task(self._keep_all())
        await waiting.done

    async def _keep_all(self) -> None:
        while self._waiting:
            by = self._waiting[0].by
            together = [one for one in self._waiting if one.by == by]
            self._waiting = [one for one in self._waiting if one.by != by]
            batches = [batch for one in together for batch in one.batches]
            if failure := await self._keep_now(by, batches):
                for one in together:  # one of them may be about a system that is just gone
                    one.end(await self._keep_now(by, one.batches) if len(together) > 1 else failure)
            else:
                for one in together:
                    one.end(None)

    async def _keep_now(self, by: Principal, batches: list[SpanBatch]) -> Exception | None:
        """Why these could not be kept; whoever waits for it is told, whatever it is."""
        try:
            await run_in_threadpool(service.keep, self.store(), by, batches)
        except Exception as exc:  # noqa: BLE001
            return exc
        return None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Make evidence of what is received, until the block ends."""
        folding = asyncio.create_task(self._fold())
        try:
            yield
        finally:
            folding.cancel()
            for processes in (self._readers, self._folder):
                await run_in_threadpool(processes.end)

    async def _fold(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                store = self.store()
                due, self._behind = await run_in_threadpool(service.due, store, KEEPER)
            except ReadinessError:  # the next page says it
                continue
            for waiting in due:
                try:
                    await self._folder.run(partial(folded, store.url, waiting.system, waiting.day))
                except Conflict:  # somebody stored another file meanwhile
                    continue
                except Exception as exc:  # noqa: BLE001 - others are not kept waiting by one that fails
                    self._say(f"what was received of {waiting.system} is no evidence yet: {exc}")

    def _say(self, sentence: str) -> None:
        """In the log, once a minute."""
        if time.monotonic() - self._said > 60:
            self._said = time.monotonic()
            print(f"readiness: {sentence}", file=sys.stderr, flush=True)


class _Waiting:
    """Spans that wait to be kept."""

    def __init__(self, by: Principal, batches: list[SpanBatch]) -> None:
        self.by, self.batches = by, batches
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def end(self, failure: Exception | None) -> None:
        if self.done.done():
            return
        if failure is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(failure)


def _reading(body: bytes, encoding: Encoding, *, gzip: bool, system: str) -> Callable[[], received.Received]:
    return partial(received.received, body, encoding, gzip=gzip, system=system, now_ns=time.time_ns())


def _stated(request: Request) -> int:
    """How much a body may be. Raises TooLarge where it says that it is more than that."""
    stated = request.headers.get("content-length", "")
    size = int(stated) if stated.isdecimal() else REQUEST_CAP
    if size > REQUEST_CAP:
        raise TooLarge(
            tr("the request is too large"), expected=tr("at most {most} bytes", most=formatting.whole(REQUEST_CAP))
        )
    return size


async def _body(request: Request) -> bytes:
    """Raises TooLarge as soon as more arrives than one request may have."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > REQUEST_CAP:
            raise TooLarge(
                tr("the request is too large"), expected=tr("at most {most} bytes", most=formatting.whole(REQUEST_CAP))
            )
    return bytes(body)
