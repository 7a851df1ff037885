"""Answers and gaps as spreadsheets, at the end of their pages: out by a link, and back in once they were shown."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from readiness import language
from readiness.access import allowed
from readiness.errors import ReadinessError
from readiness.language import marked, tr
from readiness.model.dossier import Done
from readiness.review.review import Review
from readiness.services import sheets
from readiness.services.sheets import OnConflict, SheetPreview

from . import guard, tables, widgets
from .guard import PageContext

LIMIT_MB = 16
LISTED = 50
ROUND = "sheet_round"
READ = "sheet_read"
CHOICES: dict[OnConflict, str] = {"skip": marked("Leave what is stored"), "update": marked("Take what the sheet says")}


def gaps(visit: PageContext) -> None:
    """Every gap that this person may read."""
    _links(tr("Every open gap as a spreadsheet, to be changed and read back:"), "gaps", {})
    slugs = [system.slug for system in visit.everything]
    if any(allowed(visit.by, "gap.move", slug) or allowed(visit.by, "gap.move-own", slug) for slug in slugs):
        _update(visit)


def marks(visit: PageContext, review: Review) -> None:
    """Every answer of one assessment."""
    query = {"system": review.slug, "assessment": str(review.assessment_id)}
    behind = (tr("with what stands behind each (CSV)"), f"table?{tables.query('answers', review)}")
    _links(tr("Every answer as a spreadsheet, to be changed and read back:"), "marks", query, behind)
    if review.latest and allowed(visit.by, "mark", review.slug):
        _update(visit)


def _links(words: str, route: str, query: dict[str, str], *more: tuple[str, str]) -> None:
    links = [(form.upper(), f"{route}?{urlencode(query | {'format': form})}") for form in ("xlsx", "csv")]
    widgets.show("sheet_links", words=words, links=[*links, *more])


def _update(visit: PageContext) -> None:
    with st.expander(tr("Update from a spreadsheet")):
        key = f"sheet_{st.session_state.get(ROUND, 0)}"
        uploaded = st.file_uploader(tr("Spreadsheet"), max_upload_size=LIMIT_MB, key=key, label_visibility="collapsed")
        if uploaded is None:
            st.caption(tr("Every change is shown before anything is stored."))
            return
        reason = st.text_input(tr("Reason, for dates that move later without one of their own"), key=f"{key}_reason")
        try:
            preview = _read(visit, uploaded, reason)
        except ReadinessError as exc:
            widgets.problem(exc)
            return
        widgets.show("sheet_preview", preview=preview, shown=preview.told[:LISTED])
        if preview.told:
            _ask(visit, preview, reason)


def _read(visit: PageContext, uploaded: UploadedFile, reason: str) -> SheetPreview:
    """Read once for each reason, so that what is stored is what was looked at."""
    key = (uploaded.file_id, reason)
    known: tuple[object, SheetPreview] | None = st.session_state.get(READ)
    if known and known[0] == key:
        return known[1]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sheet"
        path.write_bytes(uploaded.getbuffer())
        preview = sheets.preview(visit.store, visit.by, path, name=uploaded.name, reason=reason)
    st.session_state[READ] = (key, preview)
    return preview


def _ask(visit: PageContext, preview: SheetPreview, reason: str) -> None:
    """What to do with rows in conflict, and to store the others; nothing while a row cannot be stored."""
    choice: OnConflict | None = "stop"
    if preview.conflicts:
        choice = st.radio(
            tr("Where somebody changed a row since"), list(CHOICES), index=None, format_func=language.said(CHOICES)
        )
    if st.button(tr("Store these changes"), type="primary", disabled=preview.stuck or choice is None):
        _store(visit, preview, choice or "stop", reason)


def _store(visit: PageContext, preview: SheetPreview, choice: OnConflict, reason: str) -> None:
    def store() -> Done:
        st.session_state.pop(READ, None)  # where it fails, the next look is a fresh one
        done = sheets.apply(visit.store, visit.by, preview, on_conflict=choice, reason=reason)
        st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
        return done

    guard.write(store)
