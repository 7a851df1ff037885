"""What the first answer does not need: imported and worked out behind it, while whoever asks for more waits for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from threading import Event, Lock, Thread

from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Match, Router
from starlette.types import Receive, Scope, Send

_log = logging.getLogger(__name__)
_DONE = Event()
_DONE.set()


def begin(work: Iterable[Callable[[], object]]) -> None:
    """Do all of this one after the other in a thread, where no two can import parts of each other at once."""
    _DONE.clear()
    Thread(target=_do, args=(work,), daemon=True).start()


def wait() -> None:
    """Until it is done; at once where nothing was begun."""
    _DONE.wait()


def _do(work: Iterable[Callable[[], object]]) -> None:
    try:
        for part in work:
            _attempt(part)
    finally:
        _DONE.set()


def _attempt(part: Callable[[], object]) -> None:
    try:
        part()
    except Exception as exc:  # noqa: BLE001 - whoever asks for it does it again, and is told
        _log.warning("a part could not be made ready: %s", exc)


class LateRoutes(BaseRoute):
    """Routes below a path that are made when the first of them is asked for, or behind."""

    def __init__(self, below: str, make: Callable[[], Sequence[BaseRoute]]) -> None:
        self.below, self._make, self._making = below, make, Lock()

    def prepare(self) -> Router:
        with self._making:
            return self._router

    @cached_property
    def _router(self) -> Router:
        return Router(self._make())

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        is_ours = scope["type"] == "http" and scope["path"].startswith(self.below)
        return (Match.FULL if is_ours else Match.NONE), {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await run_in_threadpool(wait)
        router = await run_in_threadpool(self.prepare)
        await router(scope, receive, send)
