"""Starting a dashboard for a test, and waiting until it answers."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from readiness.web.door import TOKEN_VARIABLE, Key, cookie_name

ROOT = Path(__file__).resolve().parents[1]
ME = "sanne.dekker@example.com"
TOKEN = "the-token-of-the-tests"  # noqa: S105


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def cookie(address: str) -> dict[str, str]:
    """The header of somebody who opened the dashboard with its token."""
    return {"Cookie": f"{cookie_name(address)}={Key(TOKEN).cookie}"}


def in_own_loop(work: Coroutine[Any, Any, None]) -> None:
    """Wait for work in a thread of its own: the browser's driver keeps a loop running in that of the tests."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


def serving(
    command: list[str], address: str, *, cwd: Path = ROOT, **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A dashboard in a process of its own, for as long as the loop over this runs."""
    process = subprocess.Popen(
        command, cwd=cwd, env=os.environ | {"READINESS_USER": ME, TOKEN_VARIABLE: TOKEN} | environment
    )
    try:
        waiting(process, f"{address}/health")
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def answering(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server in a thread, on a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def waiting(process: subprocess.Popen[Any], url: str) -> None:
    for _ in range(600):
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own loopback address
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.2)
    pytest.fail("the server did not answer")
