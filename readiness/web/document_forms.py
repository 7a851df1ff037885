"""A document that is stored whole, edited section by section: a heading with its edit, a dialog, one write.

A dialog keeps the record it was opened with, so that rows never change under the hands that edit them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from readiness.access import allowed
from readiness.errors import InputError
from readiness.language import marked, tr
from readiness.model.checklist import Signal
from readiness.model.documents import Document, kind_of
from readiness.model.dossier import Done, Revision
from readiness.model.record import Record
from readiness.review.review import Review
from readiness.services import revisions

from . import guard, tables, widgets
from .guard import PageContext

R = TypeVar("R", bound=Record)
Fields = Callable[[], dict[str, Any]]
"""What was typed, as fields of the record; raises InputError, so it is called where the write is."""
_TYPES = {"number": "float64", "checkbox": "boolean"}
"""What columns hold besides texts and days, by the kind of their column."""


@dataclass(frozen=True)
class FormSection:
    """A part of a document that is edited in one dialog; `ask` draws the inputs.

    `checks` are the kinds of checks that read it.
    """

    title: str
    note: str
    kind: type[Document]
    ask: Callable[[PageContext, Review, Any], Fields]
    checks: Collection[str] = ()


def heading(visit: PageContext, review: Review, name: str, block: FormSection, note: str = "") -> None:
    """The heading of a section, with its edit where this principal may."""
    text, button = st.columns([13, 2], vertical_alignment="bottom")
    with text:
        asking = [answer for answer in review.answers if _reads(answer.signal, block)]
        query = tables.of_block(review, name)
        told = {"text": tr(block.title), "note": note or tr(block.note), "csv": query, "asking": asking}
        widgets.lasting("heading", review, name, note, **told)
    editable = review.latest and allowed(visit.by, "release.edit", review.slug)
    if editable and button.button(
        tr("Edit"), key=f"edit_{name}", help=tr("Edit: {title}", title=tr(block.title)), width="stretch"
    ):
        _edit(visit, review, block)


def elsewhere(visit: PageContext, review: Review, what: str) -> None:
    """The way to adopt what stands in files of other tools, for whoever may edit."""
    if review.latest and allowed(visit.by, "release.edit", review.slug):
        widgets.show("elsewhere", what=what, review=review)


def _reads(signal: Signal, block: FormSection) -> bool:
    """Whether a question is answered by what stands in the section; named facts are those of its document."""
    document = kind_of(block.kind).id
    return any(
        check.kind in block.checks and (check.kind != "fields" or check.document == document) for check in signal.checks
    )


@widgets.dialog(marked("Edit"), width="large")
def _edit(visit: PageContext, review: Review, block: FormSection) -> None:
    revision: Revision[Document] | None = getattr(review.dossier, kind_of(block.kind).id)
    before = revision.record if revision else block.kind()
    widgets.heading(tr(block.title), tr(block.note))
    with st.form("document", border=False):
        fields = block.ask(visit, review, before)
        if not st.form_submit_button(tr("Store a new revision"), type="primary"):
            return

    def store() -> Done:
        after = block.kind.checked(**before.model_dump() | fields())
        seen = revision.number if revision else 0
        return revisions.save(visit.store, visit.by, review.slug, review.assessment_id, after, seen=seen)

    guard.write(store)


def table(rows: Sequence[dict[str, Any]], columns: Mapping[str, Any]) -> pd.DataFrame:
    """Rows to edit, to add and to take away. Without a key, so that other rows never take over what was typed."""
    frame = pd.DataFrame(rows, columns=list(columns)).astype(
        {name: _TYPES.get(column["type_config"]["type"], "object") for name, column in columns.items()}
    )
    return st.data_editor(frame, column_config=dict(columns), num_rows="dynamic", hide_index=True, width="stretch")


def typed(table: pd.DataFrame, given: Mapping[str, Any] = MappingProxyType({})) -> list[dict[str, Any]]:
    """What stands in the rows; empty cells are left out, and rows in which nobody typed.

    `given` is what stands in a new row before anybody types.
    """
    rows = [
        {name: value.strip() if isinstance(value, str) else value for name, value in row.items() if not pd.isna(value)}
        for row in table.to_dict("records")
    ]
    stated = [{str(name): value for name, value in row.items() if value != ""} for row in rows]
    return [row for row in stated if not row.items() <= given.items()]


def records(kind: type[R], rows: Sequence[dict[str, Any]]) -> list[R]:
    """Raises InputError with the row that is at fault."""
    made = []
    for number, row in enumerate(rows, 1):
        try:
            made.append(kind.checked(**row))
        except InputError as exc:
            raise exc.within(place=tr("row {number}", number=number)) from exc
    return made


def lines(label: str, before: list[str], help: str | None = None) -> list[str]:
    """One text a line; texts that hold line breaks themselves stay whole while nobody touches them."""
    shown = "\n".join(before)
    now = st.text_area(label, shown, help=help)
    return before if now == shown else [line.strip() for line in now.splitlines() if line.strip()]
