"""How far a long reading has come, for whoever waits: a page or a terminal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import duckdb

EVERY = 0.5
"""Seconds between two looks."""

Listener = Callable[[float | None], None]
"""Told the share that is done, from 0 to 1, or None where it cannot be told."""
_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Tell the listener, from another thread, how far each reading in this context has come."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def tell(share: float) -> None:
    """Tell whoever listens how far the reading has come."""
    listener = _LISTENER.get()
    if listener is not None:
        listener(share)


@contextmanager
def followed(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Ask the database how far it is, as long as somebody listens."""
    listener = _LISTENER.get()
    if listener is None:
        yield
        return
    connection.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    over = threading.Event()

    def follow() -> None:
        while not over.wait(EVERY):
            share = connection.query_progress()
            listener(share / 100 if share >= 0 else None)

    thread = threading.Thread(target=follow, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
