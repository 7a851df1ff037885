"""Processes that work beside the one that serves pages, each of which imports what its work needs and nothing else.

One that is started reads the script of the first process (`__main__`, which Streamlit sets to its own), and the module
of the work that it is given: so neither may import what the work does not need.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from readiness.errors import StoreError
from readiness.language import tr

Result = TypeVar("Result")


class Processes:
    """Processes beside this one, started when something is to be done, and again where one ended."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._pool: ProcessPoolExecutor | None = None

    async def run(self, work: Callable[[], Result]) -> Result:
        """Raises what the work raises, and StoreError where the process ended."""
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.number, context, initializer=_end_with_parent)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except BrokenProcessPool as exc:
            self._pool = None
            raise StoreError(tr("what was sent could not be read"), expected=tr("the same once more, later")) from exc

    def end(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def _end_with_parent() -> None:
    """A process that was killed ends nobody else's: each that it started looks after that itself."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()
