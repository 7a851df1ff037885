"""Starting the dashboard: one process or several, behind its door, with the settings of `.streamlit/config.toml`.

What the first answer does not need is imported late: see `behind`.
"""

from __future__ import annotations

import asyncio
import gc
import socket
import time
import tomllib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import streamlit as st
import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from readiness import access, clock, language, paths
from readiness.errors import InputError, ReadinessError
from readiness.language import tr

from . import behind, connections, session, speech, workers
from .door import OPEN_TO_ALL, Door, Key, Reach, is_loopback, origins
from .entrance import Entrance
from .login import Login, configured

if TYPE_CHECKING:
    from readiness.api.traces import Receiver
    from readiness.services import Store

COLLECTED = (20_000, 20, 20)
"""New objects until the collector looks: a page makes some ten thousand that are gone without it when it is done."""


AHEAD = 0.1
"""Seconds that the server has to itself before anything is imported behind it: by then it takes connections."""


@dataclass(frozen=True)
class Opening:
    """How people get in: with the key, or by logging in where a login is set up; and from where they may come."""

    key: Key
    also: frozenset[str]
    login: Login | None = None
    reach: Reach = field(default_factory=Reach)

    @classmethod
    def from_settings(cls, reached_at: list[str] | None = None, reach: Reach | None = None) -> Self:
        """From the environment and `secrets.toml`. Raises InputError."""
        language.check()
        login = configured()
        also = origins(reached_at) | ({login.origin} if login else set())
        return cls(Key.from_environment(), frozenset(also), login, reach or Reach())

    def middleware(self) -> list[Middleware]:
        door = Middleware(Door, key=None if self.login else self.key, also=self.also, reach=self.reach)
        sockets = Middleware(connections.Sockets, idle=connections.IDLE)
        if self.login is None:
            return [door, sockets]
        return [door, sockets, Middleware(Entrance, login=self.login, who=session.who, leave=session.leave)]

    def say(self, address: str) -> None:
        print(f"readiness: {self.login.origin if self.login else self.key.opens(address)}", flush=True)


def dashboard(opening: Opening | None = None, address: str = "") -> dict[str, Any]:
    """What `st.App` takes: the router's script, the download route, and the door before all of it.

    Without arguments, as `streamlit run` calls it, all comes from the settings. The `address` is said when pages can be
    had.
    """
    if opening is None:
        address = _address()
    try:
        opening = opening or Opening.from_settings()
    except InputError as exc:
        raise SystemExit(f"readiness: {exc}") from exc
    session.log_in_by(opening.login)
    late = _late()
    return {
        "script_path": paths.MAIN,
        "lifespan": _while_serving(opening, address, late),
        "routes": [
            Route("/portfolio", _to_portfolio),
            Route(OPEN_TO_ALL, _health),
            speech.route(),
            *late,
        ],
        "middleware": opening.middleware(),
    }


@dataclass(frozen=True)
class Tls:
    """Files of the certificate and of its key."""

    certificate: Path
    key: Path


def run(
    *,
    host: str,
    port: int,
    url: str = "",
    with_demo: bool = False,
    reached_at: list[str] | None = None,
    processes: int = 1,
    proxies: Sequence[str] = (),
    tls: Tls | None = None,
) -> None:
    """Serve until interrupted. Raises InputError for what others could reach without a login, or could read."""
    opening = Opening.from_settings(reached_at, Reach.through(proxies, all=tls is not None))
    _check_reach(host, opening, processes, proxies, tls)
    listener = _listen(host, port)
    store = session.serve_from(url)
    _expire(store)
    if with_demo:
        from readiness.services import demo

        demo.load(store, access.local())
    address = f"http://{'[::1]' if ':' in host else host}:{port}"
    if processes == 1:
        uvicorn.Server(_config(opening, address, tls=tls)).run(sockets=[listener])
        return
    store.close()  # each process opens it for itself
    work = partial(_work, url=url, opening=opening)
    switch = workers.Switch(listener, processes, work, lambda: opening.say(address))
    asyncio.run(switch.serve())


def _check_reach(host: str, opening: Opening, processes: int, proxies: Sequence[str], tls: Tls | None) -> None:
    """Beyond this machine only with a login, and only where nobody on the way can read."""
    open_to_others = not is_loopback(host) or bool(proxies) or tls is not None
    if open_to_others and opening.login is None:
        raise InputError(
            tr("the dashboard would be open to the network at {host} without a login", host=host),
            place="--host",
            expected=tr("127.0.0.1 or ::1, or a login in .streamlit/secrets.toml"),
        )
    if not is_loopback(host) and not proxies and tls is None:
        raise InputError(
            tr("what is sent to {host} could be read on the way", host=host),
            place="--host",
            expected=tr("--tls-certificate with --tls-key, or --trusted-proxy with the address of one that has them"),
        )
    if tls and processes > 1:
        expected = tr("one process, or a proxy before them")
        raise InputError(tr("several processes do not share a certificate"), place="--workers", expected=expected)


def _config(
    opening: Opening, address: str = "", outermost: Sequence[Middleware] = (), tls: Tls | None = None
) -> uvicorn.Config:
    _settle(opening)
    app = dashboard(opening, address)
    app["middleware"] = [*outermost, *app["middleware"]]
    return uvicorn.Config(
        st.App(**app),
        http=connections.Impatient,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_level="warning",
        access_log=False,  # addresses of calendars hold a token
        proxy_headers=False,  # who connects is who connects
        ssl_certfile=tls.certificate if tls else None,
        ssl_keyfile=tls.key if tls else None,
    )


def _work(number: int, of: int, channel: socket.socket, *, url: str, opening: Opening) -> None:
    """What one of several processes does."""
    try:
        session.serve_from(url)
    except ReadinessError as exc:
        raise SystemExit(f"readiness: {exc}") from exc
    sticky = Middleware(workers.Sticky, number=number, of=of)
    workers.Worker(_config(opening, outermost=[sticky]), channel).run()


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything else is done, so that one that is taken is said at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers without delay only where the protocol is named, which is 40 ms of each rerun
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host.strip("[]"), port))
    except OSError as exc:
        listener.close()
        raise InputError(
            tr("{place} cannot be listened on ({reason})", place=f"{host}:{port}", reason=exc.strerror),
            place="--port",
            expected=tr("a port that is free"),
        ) from exc
    return listener


def _while_serving(
    opening: Opening, address: str, late: Sequence[behind.LateRoutes]
) -> Callable[[st.App], AbstractAsyncContextManager[dict[str, Any] | None]]:
    @asynccontextmanager
    async def serving(_: st.App) -> AsyncIterator[dict[str, Any] | None]:
        connections.watch()
        behind.begin([partial(time.sleep, AHEAD), _look_ahead, *(routes.prepare for routes in late), warm])
        receiving = asyncio.create_task(_receive())
        if address:
            opening.say(address)
        yield None
        receiving.cancel()
        with suppress(asyncio.CancelledError):
            await receiving
        gc.unfreeze()

    return serving


async def _receive() -> None:
    await run_in_threadpool(behind.wait)
    async with _receiver().running():
        await asyncio.Event().wait()


def _expire(store: Store) -> None:
    """Delete texts whose time is over, before anything is served."""
    from readiness.services import unredacted

    unredacted.expire(store, access.KEEPER, today=clock.today())


def _look_ahead() -> None:
    """Work out what the first page shows."""
    from . import standings

    with suppress(ReadinessError):  # the first page says it
        standings.portfolio(access.local(), session.today())


def warm() -> None:
    """Import what pages need, and keep it out of every later collection."""
    import scipy.special  # noqa: F401 - imported for their weight

    from . import charts, forms, router, uploads  # noqa: F401

    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED)


def _address() -> str:
    """Where `streamlit run` serves."""
    host, port = st.config.get_option("server.address") or "127.0.0.1", st.config.get_option("server.port")
    return f"http://{'[::1]' if ':' in host else host if is_loopback(host) else '127.0.0.1'}:{port}"


def _settle(opening: Opening | None = None) -> None:
    """Streamlit reads its settings from the working directory; outside the checkout they come with the package.

    What it signs cookies with comes from the token, so that every process knows those of the others, or from the login.
    """
    if opening and opening.login is None:
        st.config.set_option("server.cookieSecret", opening.key.secret)
    for name, value in _settings(paths.STREAMLIT_CONFIG).items():
        st.config.set_option(name, value)


def _settings(path: Path) -> dict[str, Any]:
    settings: dict[str, Any] = {}

    def walk(table: dict[str, Any], prefix: str) -> None:
        for key, value in table.items():
            if isinstance(value, dict):
                walk(value, f"{prefix}{key}.")
            else:
                settings[f"{prefix}{key}"] = value

    walk(tomllib.loads(path.read_text("utf-8")), "")
    return settings


def _api() -> list[BaseRoute]:
    from readiness.api import app

    return [Mount("/api/v1", app.build(session.store))]


@cache
def _receiver() -> Receiver:
    from readiness.api.traces import Receiver

    return Receiver(session.store)


def _to_portfolio(request: Request) -> Response:
    """The first page has the address of the dashboard itself, and some ask for it by its name."""
    query = request.url.query
    return RedirectResponse(f"/?{query}" if query else "/", 303)


def _calendars() -> list[BaseRoute]:
    from readiness.api import calendar

    return [calendar.route(session.store)]


def _downloads() -> Sequence[BaseRoute]:
    from . import downloads

    return downloads.routes()


def _shared() -> list[BaseRoute]:
    from . import shared

    return [shared.route(session.store)]


def _late() -> list[behind.LateRoutes]:
    """What is asked for beside pages, whose parts take a while to import."""
    return [
        behind.LateRoutes("/download/", _downloads),
        behind.LateRoutes("/api/v1", _api),
        behind.LateRoutes("/v1/", lambda: [_receiver().route()]),
        behind.LateRoutes("/calendar/", _calendars),
        behind.LateRoutes("/shared/", _shared),
    ]


async def _health(_: Request) -> Response:
    return PlainTextResponse("ok")
