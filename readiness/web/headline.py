"""The answer of a page: its first and largest sentence, which goes ahead of all else."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from . import links, session, widgets

AHEAD = 0.06
"""Seconds until what follows the answer of a page, so that the browser draws it before it has all the rest to draw."""


def tell(sentence: str, *, kicker: str = "", level: str = "") -> None:
    """The answer, ahead of all else where somebody waits for it."""
    widgets.show("answer", sentence=sentence, kicker=kicker, level=level, back=links.back())
    if session.page_is_new():
        time.sleep(AHEAD)


class Lead:
    """Where an answer stands above the fields that decide it: told as they will be, and anew if they are otherwise."""

    def __init__(self) -> None:
        self._place, self._told = st.empty(), ("", "", "")

    def tell(self, sentence: str, *, kicker: str = "", level: str = "") -> None:
        if (told := (sentence, kicker, level)) != self._told:
            self._told = told
            with self._place:
                tell(sentence, kicker=kicker, level=level)


def foreseen(**fields: Any) -> list[Any] | None:
    """What fields that are about to be drawn will hold, with what each begins with.

    None where the address says something of one that it has not taken in yet.
    """
    if any(key in st.query_params and key not in st.session_state for key in fields):
        return None
    return [st.session_state.get(key, first) for key, first in fields.items()]
