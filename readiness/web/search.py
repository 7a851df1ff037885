"""One search over all that somebody may read: a button beside the pages, or ⌘K."""

from __future__ import annotations

import streamlit as st

from readiness.errors import ReadinessError
from readiness.language import marked, tr
from readiness.model import checklist as checklists
from readiness.portfolio import search
from readiness.portfolio.search import Hit
from readiness.services import traces

from . import guard, reads, widgets
from .guard import PageContext

KEYS = "Mod+K"


def button(visit: PageContext, system: str) -> None:
    """`system` is the one whose questions are looked through."""
    if st.button(tr("Search"), key="search", icon=":material/search:", shortcut=KEYS, type="tertiary", width="stretch"):
        _dialog(visit, system)


@widgets.dialog(marked("Search"), width="medium")
def _dialog(visit: PageContext, system: str) -> None:
    typed = st.text_input(
        tr("Search"),
        type="search",
        live=True,
        placeholder=tr("a system, question, person or trace"),
        label_visibility="collapsed",
    )
    text = (typed or "").strip()
    try:
        found = _hits(visit, system, text) if text else []
    except ReadinessError as exc:
        guard.refuse(exc)
    widgets.show("hits", hits=found, text=text)


def _hits(visit: PageContext, system: str, text: str) -> list[Hit]:
    chosen = next((status for status in visit.everything if status.slug == system), None)
    signals = checklists.named(chosen.checklist).all if chosen else []
    slugs = [status.slug for status in visit.everything]
    stored = traces.named(visit.store, visit.by, slugs, text, most=search.MOST)
    owners = reads.gap_owners(visit.by, visit.as_of)
    return search.hits(text, visit.everything, signals, system, owners, stored)
