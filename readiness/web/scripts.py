"""Scripts that pages are served with: as files, since the door lets no inline script run."""

from __future__ import annotations

from functools import cache
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from readiness import paths
from readiness.language import tr

from .navigation import PAGES

_MANIFEST = ComponentManifest("readiness", "1", [ComponentConfig(name, name) for name in ("linked", "lost", "turn")])


def mounted(name: str) -> Any:
    """The script `templates/web/NAME/NAME.js`, as an element to be put on a page."""
    manager = get_bidi_component_manager()
    if manager.get_component_path(f"readiness.{name}") is None:
        manager.register_from_manifest(_MANIFEST, paths.TEMPLATES / "web")
    return _mounted(name)


@cache
def _mounted(name: str) -> Any:
    return st.components.v2.component(f"readiness.{name}", js=f"{name}.js", isolate_styles=False)


def lost() -> None:
    """What is said where the dashboard cannot be reached any more, which only the browser can say."""
    mounted("lost")(
        key="lost",
        data={
            "title": tr("The dashboard cannot be reached."),
            "next": tr("It is tried again by itself, and what is typed stays."),
        },
        height=1,
    )


def turn() -> None:
    """Links to pages turn to them without loading all of it anew."""
    mounted("turn")(key="turn", data={"pages": [page.name for page in PAGES]}, height=1)
