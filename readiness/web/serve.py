"""Starting the dashboard: one process or several, behind its door, with the settings of `.streamlit/config.toml`."""

from __future__ import annotations

import asyncio
import gc
import socket
import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
import uvicorn
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from readiness import access, clock, pack, paths
from readiness.errors import Denied, InputError, ReadinessError
from readiness.services import demo, unredacted

from . import connections, session, workers
from .door import OPEN_TO_ALL, Door, Key, is_loopback, origins

COLLECTED = (20_000, 20, 20)
"""New objects until the collector looks: a page makes some ten thousand that are gone without it when it is done."""


def dashboard(key: Key | None = None, also: frozenset[str] | None = None, address: str = "") -> dict[str, Any]:
    """What `st.App` takes: the router's script, the download route, and the door before all of it.

    Without arguments, as `streamlit run` calls it, key and addresses come from the environment. The `address` is said
    when pages can be had.
    """
    if key is None:
        address = _address()
    try:
        key = key or Key.from_environment()
        also = origins() if also is None else also
    except InputError as exc:
        raise SystemExit(f"readiness: {exc}") from exc
    return {
        "script_path": paths.MAIN,
        "lifespan": _while_serving(key, address),
        "routes": [Route("/download/pack", _download_pack), Route(OPEN_TO_ALL, _health)],
        "middleware": [Middleware(Door, key=key, also=also), Middleware(connections.Sockets, idle=connections.IDLE)],
    }


def run(
    *,
    host: str,
    port: int,
    url: str = "",
    with_demo: bool = False,
    reached_at: list[str] | None = None,
    processes: int = 1,
) -> None:
    """Serve until interrupted. Raises InputError for an address that others can reach: there is no login yet."""
    if not is_loopback(host):
        raise InputError(
            f"the dashboard would be open to the network at {host}", place="--host", expected="127.0.0.1 or ::1"
        )
    key, also = Key.from_environment(), origins(reached_at)
    listener = _listen(host, port)
    store = session.serve_from(url)
    unredacted.expire(store, access.KEEPER, today=clock.today())
    if with_demo:
        demo.load(store, session.principal())
    address = f"http://{'[::1]' if ':' in host else host}:{port}"
    if processes == 1:
        uvicorn.Server(_config(key, also, address)).run(sockets=[listener])
        return
    store.close()  # each process opens it for itself
    work = partial(_work, url=url, key=key, also=also)
    switch = workers.Switch(listener, processes, work, lambda: _say(key, address))
    asyncio.run(switch.serve())


def _config(key: Key, also: frozenset[str], address: str = "", *outermost: Middleware) -> uvicorn.Config:
    _settle(key)
    app = dashboard(key, also, address)
    app["middleware"] = [*outermost, *app["middleware"]]
    return uvicorn.Config(
        st.App(**app),
        http=connections.Impatient,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_level="warning",
    )


def _work(number: int, of: int, channel: socket.socket, *, url: str, key: Key, also: frozenset[str]) -> None:
    """What one of several processes does."""
    try:
        session.serve_from(url)
    except ReadinessError as exc:
        raise SystemExit(f"readiness: {exc}") from exc
    sticky = Middleware(workers.Sticky, number=number, of=of)
    workers.Worker(_config(key, also, "", sticky), channel).run()


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
            f"{host}:{port} cannot be listened on ({exc.strerror})", place="--port", expected="a port that is free"
        ) from exc
    return listener


def _while_serving(key: Key, address: str) -> Callable[[st.App], AbstractAsyncContextManager[dict[str, Any] | None]]:
    @asynccontextmanager
    async def serving(_: st.App) -> AsyncIterator[dict[str, Any] | None]:
        connections.watch()
        warm()
        with suppress(ReadinessError):  # the first page says it
            session.portfolio(session.principal(), session.today())
        if address:
            _say(key, address)
        yield None
        gc.unfreeze()

    return serving


def _say(key: Key, address: str) -> None:
    print(f"readiness: {key.opens(address)}", flush=True)


def warm() -> None:
    """Import what pages need before the first visitor, and keep it out of every later collection."""
    import scipy.special  # noqa: F401 - imported for their weight

    from . import charts, forms, uploads  # noqa: F401

    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED)


def _address() -> str:
    """Where `streamlit run` serves."""
    host, port = st.config.get_option("server.address") or "127.0.0.1", st.config.get_option("server.port")
    return f"http://{'[::1]' if ':' in host else host if is_loopback(host) else '127.0.0.1'}:{port}"


def _settle(key: Key | None = None) -> None:
    """Streamlit reads its settings from the working directory; outside the checkout they come with the package.

    What it signs cookies with comes from the token, so that every process knows those of the others.
    """
    if key:
        st.config.set_option("server.cookieSecret", key.secret)
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


async def _health(_: Request) -> Response:
    return PlainTextResponse("ok")


def _download_pack(request: Request) -> Response:
    """The pack as a file, built anew for whoever asks; the service decides whether they may."""
    asked = request.query_params
    number = asked.get("assessment", "")
    try:
        made = pack.build(
            session.store(),
            session.principal(),
            asked.get("system", ""),
            asked.get("audience", ""),
            as_of=clock.today(),
            assessment_id=int(number) if number.isdecimal() else None,
            format=asked.get("format", "md"),
        )
    except ReadinessError as exc:
        return PlainTextResponse(str(exc), status_code=403 if isinstance(exc, Denied) else 404)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.body, media_type=made.media_type, headers=headers)
