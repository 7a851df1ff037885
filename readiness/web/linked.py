"""Rows of an HTML table whose links and boxes reach the page without a reload: one element however many rows there are.

A table in HTML can be read aloud, used by keyboard and printed, which a canvas (`st.dataframe`) cannot; widgets in
each row would be four elements a row, which is what made this page the dearest. The script is served as a file, since
the door lets no inline script run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from readiness import paths

_NAME = "readiness.linked"
_MANIFEST = ComponentManifest("readiness", "1", [ComponentConfig("linked", "linked")])


def links(
    *, focus: str, turn: int, picked: Sequence[int], opened: Callable[[int], None], ticked: Callable[[], None]
) -> None:
    """Listens to the rows that are shown. `focus` is what takes the focus once in each `turn`, as CSS names it."""
    manager = get_bidi_component_manager()
    if manager.get_component_path(_NAME) is None:
        manager.register_from_manifest(_MANIFEST, paths.TEMPLATES / "web")
    _mounted()(
        key=KEY,
        data={"focus": focus, "turn": turn, "picked": list(picked)},
        default={"picked": []},
        height=1,
        on_opened_change=lambda: opened(int(st.session_state[KEY].opened)),
        on_picked_change=ticked,
    )


KEY = "rows"


@cache
def _mounted() -> Any:
    return st.components.v2.component(_NAME, js="linked.js", isolate_styles=False)
