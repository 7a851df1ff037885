"""A policy, a plan or a list of another tool: what it would change, line by line, and adopting what is ticked."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from readiness import language
from readiness.access import allowed
from readiness.importers import proposals as readers
from readiness.language import marked, tr, trn
from readiness.model import revision_diff
from readiness.model.documents import DocumentId
from readiness.model.dossier import Done
from readiness.model.monitoring import Alert
from readiness.model.policy import Gate
from readiness.model.proposals import ProposedChange
from readiness.review.review import Review
from readiness.services import proposals
from readiness.services.proposals import Offer

from . import guard, widgets
from .guard import PageContext

PAGES: dict[DocumentId, str] = {"policy": "release", "monitoring": "release", "card": "card"}
"""Where each document stands."""
LISTED = 50
"""Lines that have a tick of their own."""
AS_NAMED = marked("keep the name")
READ = "proposal_read"


def found(visit: PageContext, review: Review, uploaded: UploadedFile) -> Offer | None:
    """What the file proposes; None where it is none of those that do. Raises InputError, Denied and NotFound."""
    return _read(visit, review, uploaded, {})


def ask(
    visit: PageContext, review: Review, uploaded: UploadedFile, offer: Offer, stored: Callable[[str], None]
) -> None:
    """Show each line beside what stands in its place, and adopt those that somebody ticks.

    `stored` is told on which page they stand then. Raises InputError and NotFound.
    """
    widgets.show("proposed", offer=offer, title=tr(readers.TITLES[offer.proposed.format]))
    if metrics := _metrics(review, offer):
        offer = _read(visit, review, uploaded, metrics) or offer
    may = review.latest and allowed(visit.by, "release.edit", review.slug)
    chosen = _chosen(uploaded, offer, may=may)
    widgets.show("not_proposed", offer=offer, named=revision_diff.named)
    if not may:
        why = (
            tr("whoever edits the release policy adopts lines")
            if review.latest
            else tr("an earlier assessment stays as it is")
        )
        widgets.show("notes", notes=[tr("nothing is stored: {why}", why=why)])
    elif not chosen:
        st.caption(
            tr("Tick what is to be adopted.") if any(change.told for change in offer.changes) else tr("Nothing is new.")
        )
    elif st.button(trn("Adopt {n} line", "Adopt {n} lines", len(chosen)), type="primary"):
        _adopt(visit, review, offer, chosen, stored)


def _read(visit: PageContext, review: Review, uploaded: UploadedFile, metrics: dict[str, str]) -> Offer | None:
    """Read once for each way of naming metrics, so that what is adopted is what was looked at."""
    key = (language.current(), uploaded.file_id, review.slug, tuple(sorted(metrics.items())))
    known: dict[tuple[str, str, str, object], Offer | None] = st.session_state.setdefault(READ, {})
    if key not in known:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "upload"
            path.write_bytes(uploaded.getbuffer())
            offer = proposals.find(visit.store, visit.by, review.slug, path, name=uploaded.name, metrics=metrics)
        for other in [key for key in known if key[:2] != (uploaded.file_id, review.slug)]:
            del known[other]
        known[key] = offer
    return known[key]


def _metrics(review: Review, offer: Offer) -> dict[str, str]:
    """Which of our metrics those are that nobody knows here by their names."""
    ours = sorted({metric.id for metric in review.checklist.metrics} | set(review.dossier.index.by_metric))
    parts = [line.part for line in offer.proposed.lines]
    named = dict.fromkeys(part.metric for part in parts if isinstance(part, (Gate, Alert)))
    metrics = {}
    for theirs in [name for name in named if name not in ours][:LISTED]:
        chosen = st.selectbox(
            tr("“{theirs}” speaks of", theirs=widgets.plain(theirs)),
            [AS_NAMED, *ours],
            format_func=_spoken,
            key=f"metric_{theirs}",
        )
        if chosen != AS_NAMED:
            metrics[theirs] = chosen
    return metrics


def _spoken(metric: str) -> str:
    return tr(metric) if metric == AS_NAMED else metric


def _chosen(uploaded: UploadedFile, offer: Offer, *, may: bool) -> Collection[int]:
    """The numbers of the lines that are ticked; those that stand there already have no tick."""
    new = {number: change for number, change in enumerate(offer.changes, start=1) if change.told}
    whole = (
        may and len(new) > 1 and st.checkbox(tr("All {number} lines", number=len(new)), key=f"adopt_{uploaded.file_id}")
    )
    ticked = []
    for number, change in list(new.items())[:LISTED]:
        if _row(f"adopt_{uploaded.file_id}_{number}", change, ask=may and not whole):
            ticked.append(number)
    if len(new) > LISTED:
        st.caption(
            tr("and {n} more, which are among all; readiness propose adopts each by its number", n=len(new) - LISTED)
        )
    return list(new) if whole else ticked


def _row(key: str, change: ProposedChange, *, ask: bool) -> bool:
    what, how = st.columns([3, 7])
    named = revision_diff.named(change.line.part)
    ticked = ask and what.checkbox(widgets.plain(named), key=key)
    with how:
        widgets.show("proposal", change=change, named="" if ask else named, stated=revision_diff.stated)
    return ticked


def _adopt(
    visit: PageContext, review: Review, offer: Offer, numbers: Collection[int], stored: Callable[[str], None]
) -> None:
    def store() -> Done:
        st.session_state.pop(READ, None)  # where it fails, the next look is a fresh one
        done = proposals.adopt(visit.store, visit.by, review.slug, offer, numbers)
        stored(PAGES[offer.proposed.document])
        return done

    guard.write(store)
