"""Showing that something is under way, and how far it is."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import streamlit as st

from readiness.importers.source.progress import EVERY, listening

T = TypeVar("T")
PATIENCE = 2.0
"""Seconds before anything is shown: what is quicker needs no bar."""


def shown(work: Callable[[], T], what: str) -> T:
    """Do the work beside this run; after two seconds a bar says how far it is, as far as that can be told."""
    heard: list[float | None] = [None]

    def carry_out() -> T:
        with listening(lambda share: heard.__setitem__(0, share)):
            return work()

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(contextvars.copy_context().run, carry_out)
        if _over(future, PATIENCE):
            return future.result()
        bar = st.progress(0.0, text=f"{what} …")
        while not _over(future, EVERY):
            share = heard[0]
            bar.progress(share or 0.0, text=f"{what}: {share:.0%}" if share else f"{what} …")
        bar.empty()
        return future.result()


def _over(future: Future[T], seconds: float) -> bool:
    try:
        future.exception(seconds)
    except TimeoutError:
        return False
    return True
