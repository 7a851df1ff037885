"""Rows of an HTML table whose links and boxes reach the page without a reload: one element however many rows there are.

A table in HTML can be read aloud, used by keyboard and printed, which a canvas (`st.dataframe`) cannot; widgets in
each row would be four elements a row, which is what made this page the dearest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from . import scripts

KEY = "rows"


def links(
    *, focus: str, turn: int, picked: Sequence[int], opened: Callable[[int], None], ticked: Callable[[], None]
) -> None:
    """Listens to the rows that are shown. `focus` is what takes the focus once in each `turn`, as CSS names it."""
    scripts.mounted("linked")(
        key=KEY,
        data={"focus": focus, "turn": turn, "picked": list(picked)},
        default={"picked": []},
        height=1,
        on_opened_change=lambda: opened(int(st.session_state[KEY].opened)),
        on_picked_change=ticked,
    )
