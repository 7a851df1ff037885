"""Processes beside the one that serves pages import what their work needs, and nothing else."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import ModuleType
from typing import Any

import pytest

from readiness import paths
from readiness.api.processes import Processes
from readiness.errors import StoreError
from readiness.importers.otlp import received

LOADED = "sorted(name for name in __import__('sys').modules)"


@pytest.fixture
def processes() -> Iterator[Processes]:
    started = Processes(1)
    yield started
    started.end()


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs is the script of the pages, as Streamlit says it while it runs it."""
    module = ModuleType("__main__")
    module.__file__ = str(paths.MAIN)
    monkeypatch.setitem(sys.modules, "__main__", module)


def results(processes: Processes, *works: Callable[[], Any]) -> list[Any]:
    """In a thread of its own, since a browser that tests share keeps a loop in this one."""

    async def run() -> list[Any]:
        return [await processes.run(work) for work in works]

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(run())).result()


def test_a_reader_of_spans_imports_no_page_no_server_and_no_store(processes: Processes, script: None) -> None:
    reading = partial(received.received, b"{}", "json", gzip=False, system="claims-intake", now_ns=0)
    read, loaded = results(processes, reading, partial(eval, LOADED))
    assert read.parts == ()
    assert "readiness.importers.otlp.received" in loaded
    servers = {"streamlit", "starlette", "uvicorn", "pandas"} & set(loaded)
    ours = [name for name in loaded if name.startswith(("readiness.web", "readiness.services", "readiness.store"))]
    assert (servers, ours) == (set(), [])


def test_a_process_that_ended_is_said_and_started_again(processes: Processes) -> None:
    with pytest.raises(StoreError, match="what was sent could not be read"):
        results(processes, partial(eval, "__import__('os')._exit(1)"))
    assert results(processes, partial(eval, "1 + 1")) == [2]
