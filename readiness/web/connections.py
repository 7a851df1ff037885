"""How many connections there may be, and when they end: so that descriptors are never used up.

Streamlit makes an event loop for each session, which takes three descriptors, and keeps the 128 sessions whose page
went last: 384 descriptors, where many systems give a process 256.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections import deque
from contextvars import ContextVar
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.runtime.session_manager import SessionInfo
from uvicorn.protocols.http.h11_impl import H11Protocol

from .door import close

LEFT = 16
"""Sessions whose page is gone that are kept for it to come back."""
LEFT_FOR = 120.0
"""Seconds that they are kept."""
IDLE = 4 * 3600.0
"""Seconds without a click after which a page is disconnected."""
SILENT = 10.0
"""Seconds within which a connection has to ask for something."""
PAGES = 250
"""Pages that may be open at once, where there are descriptors for them."""
BESIDE = 40
"""Connections that may be open beside those of pages."""
_RESERVED = 144
_EACH = 5

ended_idle: ContextVar[bool] = ContextVar("ended_idle", default=False)


def room() -> int:
    """Pages that may be open at once: each takes four descriptors, beside those of the store and of who has left."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return PAGES if soft == resource.RLIM_INFINITY else max(4, min(PAGES, (soft - _RESERVED) // _EACH))


class Sockets:
    """Takes no more sockets than there is room for, and ends those on which nobody does anything."""

    def __init__(self, app: ASGIApp, *, idle: float) -> None:
        self.app, self.idle, self.open = app, idle, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        if self.open >= room() or _session(scope) in _ENDED:
            await close(receive, send)
        else:
            self.open += 1
            try:
                await self.app(scope, self._while_used(receive, send), send)
            finally:
                self.open -= 1

    def _while_used(self, receive: Receive, send: Send) -> Receive:
        async def hear() -> Message:
            try:
                async with asyncio.timeout(self.idle):
                    return await receive()
            except TimeoutError:
                ended_idle.set(True)
                await send({"type": "websocket.close", "code": 1001, "reason": "idle"})
                return {"type": "websocket.disconnect", "code": 1001}

        return hear


def _session(scope: Scope) -> str:
    """The session that a page asks to have back, in the third place of its subprotocols."""
    offered: list[str] = [*scope.get("subprotocols", ()), "", "", ""]
    return offered[2]


_ENDED: deque[str] = deque(maxlen=1000)
"""Sessions that ended because nobody used them: their pages do not come back by themselves."""


class Left:
    """Streamlit's store of sessions whose page is gone: few, for a while, and shut down when that is over."""

    def __init__(self, most: int = LEFT, seconds: float = LEFT_FOR) -> None:
        self.most, self.seconds = most, seconds
        self._left: dict[str, tuple[SessionInfo, asyncio.TimerHandle]] = {}

    def get(self, session_id: str) -> SessionInfo | None:
        return self._left[session_id][0] if session_id in self._left else None

    def save(self, session_info: SessionInfo) -> None:
        name, loop = session_info.session.id, asyncio.get_running_loop()
        self._left[name] = (session_info, loop.call_later(self.seconds, self._end, name))
        if ended_idle.get():
            _ENDED.append(name)
            self._end(name)
        elif len(self._left) > self.most:
            self._end(next(iter(self._left)))

    def _end(self, name: str) -> None:
        info, timer = self._left.pop(name)
        timer.cancel()
        asyncio.get_running_loop().call_soon(info.session.shutdown)  # not under the lock of whoever saves

    def delete(self, session_id: str) -> None:
        if session_id in self._left:
            self._left.pop(session_id)[1].cancel()

    def list(self) -> list[SessionInfo]:
        return [info for info, _ in self._left.values()]


def watch() -> None:
    """In the running server: sessions end as they should, and a lack of descriptors is said once a minute."""
    manager = runtime.get_instance()._session_mgr  # noqa: SLF001 - st.App takes no storage of ours
    manager._session_storage = Left()  # type: ignore[attr-defined]  # noqa: SLF001
    said = [-60.0]

    def report(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if not context["message"].startswith("socket.accept()"):
            loop.default_exception_handler(context)
        elif time.monotonic() - said[0] >= 60:  # asyncio would say it two thousand times a second
            said[0] = time.monotonic()
            print("readiness: no descriptors are left, so that connections have to wait", file=sys.stderr, flush=True)

    asyncio.get_running_loop().set_exception_handler(report)


class Impatient(H11Protocol):
    """Ends a connection that asks for nothing, and takes no more than there is room for."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > room() + BESIDE:
            transport.abort()
        else:
            self.loop.call_later(SILENT, self._end_if_silent)

    def _end_if_silent(self) -> None:
        if self.cycle is None and self in self.connections:
            self.transport.close()
