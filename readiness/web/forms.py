"""Rows with an edit beside them: each dialog asks, one plain function writes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, get_args

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from readiness import formatting
from readiness.access import allowed
from readiness.decision import doubts
from readiness.errors import ReadinessError
from readiness.language import marked, tr, trc
from readiness.model.assessment import Mark, MarkValue
from readiness.model.checklist import Signal
from readiness.model.dossier import Done
from readiness.model.traces import PATHS, Excerpt, Span, SpanField
from readiness.review import references, summaries, whose
from readiness.review.items import Answer, EvidenceItem, FileTiming, Gap, TraceSample
from readiness.review.review import Review
from readiness.services import evidence, marks, traces, unredacted

from . import guard, person_pick, widgets
from .guard import PageContext
from .note_forms import Threads

_RELEASE: dict[SpanField, str] = {
    "input": marked("Release the input"),
    "output": marked("Release the output"),
    "error": marked("Release the error"),
}
_WITHDRAW: dict[SpanField, str] = {
    "input": marked("Withdraw the input"),
    "output": marked("Withdraw the output"),
    "error": marked("Withdraw the error"),
}


_BUTTON = 92
"""Pixels of a button at the end of a row, so that rows end where others do."""


def _columns() -> list[DeltaGenerator]:
    return st.columns([9, 1], vertical_alignment="center")


def signal_rows(visit: PageContext, review: Review, answers: Sequence[Answer], said: Threads) -> None:
    """Questions a line each, with all that is known of one folded behind it, and the way to change each."""
    opened = {gap.signal.id: gap for gap in review.gaps}
    with st.container(gap=None):
        for one in answers:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                signal_row(review, one, opened.get(one.signal.id), said)
                signal_buttons(visit, review, one)


def signal_row(review: Review, answer: Answer, gap: Gap | None, said: Threads, *, whole: bool = False) -> None:
    """One question; `whole` folds nothing."""
    talk = said.link("signal", answer.signal.id, tr(answer.signal.name))
    facts = {"answer": answer, "gap": gap, "talk": talk, "whole": whole}
    widgets.lasting("signal", review, answer.signal.id, talk, whole, **facts)


def signal_buttons(visit: PageContext, review: Review, one: Answer) -> None:
    """The way to change an answer, for whoever may."""
    if not (review.latest and allowed(visit.by, "mark", review.slug)):
        return
    name = tr(one.signal.name)
    verb, what = (
        (tr("Edit"), tr("Edit {name}", name=name)) if one.mark.mark else (trc("a button", "Answer"), _to_answer(name))
    )
    if st.button(verb, key=f"edit_{one.signal.id}", help=what, type="tertiary", width=_BUTTON):
        answer(visit, review, one)
    confirm = tr("Confirm {name}", name=name)
    if one.to_confirm and st.button(tr("Confirm"), key=f"confirm_{one.signal.id}", help=confirm, width=_BUTTON):
        _confirm_answer(visit, review, one)


def _to_answer(name: str) -> str:
    return tr("Answer {name}", name=name)


def _confirm_answer(visit: PageContext, review: Review, answer: Answer) -> None:
    signal, seen = answer.signal.id, answer.row_version
    guard.write(lambda: marks.confirm(visit.store, visit.by, review.slug, review.assessment_id, signal, seen=seen))


@widgets.dialog(marked("Answer"), width="large")
def answer(visit: PageContext, review: Review, asked: Answer) -> None:
    """One answer whole; where there is none yet, what was answered of the version before stands there."""
    signal, before = asked.signal, asked.was.mark if asked.was else asked.mark
    widgets.heading(f"{signal.number}. {tr(signal.name)}" if signal.scored else tr(signal.name), tr(signal.risk))
    values: list[MarkValue] = ["no", "partial", "yes"]
    value = st.radio(
        tr("Is this a gap?"),
        values,
        index=values.index(before.mark) if before.mark else None,
        format_func=summaries.answered,
        horizontal=True,
    )
    known = list(dict.fromkeys([*before.evidence, *references.known(review)]))
    with st.form("answer", border=False):
        note = st.text_area(tr("Finding"), before.note, help=tr("What was looked at, and what was found."))
        proof = st.multiselect(
            tr("Evidence"), known, before.evidence, accept_new_options=True, placeholder=tr(signal.needs)
        )
        own, reason = _own_fields(visit, value, before, signal, promised=bool(before.due or review.previous))
        if not st.form_submit_button(tr("Store the answer"), type="primary"):
            return

    def store() -> Done:
        said = before.model_dump() | {"mark": value, "note": note, "evidence": proof} | own
        return marks.answer(
            visit.store,
            visit.by,
            review.slug,
            review.assessment_id,
            Mark.checked(**said),
            seen=asked.row_version,
            reason=reason,
        )

    guard.write(store)


def _own_fields(
    visit: PageContext, value: MarkValue | None, before: Mark, signal: Signal, *, promised: bool
) -> tuple[dict[str, Any], str]:
    """What only such an answer has, and the reason of a date that moves; the rest stays as it was.

    `promised` is whether there may be a date that moves.
    """
    fields: dict[str, Any] = {"holds_for": "", "critical": False, "critical_reason": "", "not_applicable": False}
    if value == "no":
        fields["not_applicable"] = st.checkbox(
            tr("Not applicable to this system; the finding says why"), before.not_applicable
        )
    if value not in ("partial", "yes"):
        return fields, ""
    if value == "partial":
        fields["holds_for"] = st.text_input(tr("Holds for which cohorts, environments or releases"), before.holds_for)
    left, right = st.columns(2)
    fields["owner"] = person_pick.box(visit, left, tr("Owner of the gap"), before.owner)
    fields["due"] = right.date_input(tr("Due date"), before.due, format="YYYY-MM-DD")
    fields["action"] = st.text_input(tr("Next action"), before.action, placeholder=tr(signal.remedy))
    reason = st.text_input(tr("Reason, when the date moves later")) if promised else ""
    if value == "yes":
        why = st.text_input(tr("Reason to raise it to critical, which blocks"), before.critical_reason)
        fields |= {"critical": bool(why.strip()), "critical_reason": why}
    return fields, reason


def label(visit: PageContext, review: Review, sample: TraceSample) -> None:
    """Which path a trace shows, and its lesson: a person's words."""
    with st.form(f"label_{sample.id}", border=False):
        path = st.radio(
            tr("This trace shows the"),
            PATHS,
            format_func=tr,
            index=PATHS.index(sample.trace.path) if sample.trace.path else None,
            horizontal=True,
        )
        note = st.text_input(tr("Lesson, in one line"), sample.trace.note)
        if st.form_submit_button(tr("Store the label")):
            guard.write(
                lambda: traces.label(visit.store, visit.by, review.slug, sample.id, path, note, seen=sample.row_version)
            )


def excerpts(visit: PageContext, review: Review, sample: TraceSample, span: Span) -> None:
    """Which texts of a span may leave in packs for security reviewers, each by itself."""
    fields = [field for field in get_args(SpanField) if getattr(span, field).strip()]
    if not fields:
        return
    may = allowed(visit.by, "text.release", review.slug)
    released = [(field, text) for field in fields if (text := sample.released(span, field))]
    widgets.show("released", released=released, may=may)
    row = st.container(horizontal=True)
    for field in fields if may else ():
        out = any(field == name for name, _ in released)
        write = traces.withdraw if out else traces.release
        if row.button(
            tr(_WITHDRAW[field]) if out else tr(_RELEASE[field]),
            key=f"excerpt_{sample.id}_{span.span_id}_{field}",
        ):
            seen = Excerpt.of(sample.trace.trace_id, span, field)
            guard.write(partial(write, visit.store, visit.by, review.slug, sample.id, seen))


def raw_text(visit: PageContext, review: Review, sample: TraceSample, span: Span) -> None:
    """What redaction replaced in a span, for those who may read it, when they ask for it."""
    until = unredacted.kept_until(visit.by, review.slug, sample.item, today=visit.as_of)
    if until is None or not st.toggle(
        tr("Show what redaction replaced; it is deleted on {day}", day=formatting.day(until)),
        key=f"raw_{sample.id}_{span.span_id}",
    ):
        return
    try:
        original = unredacted.of_span(visit.store, visit.by, review.slug, sample, span.span_id, today=visit.as_of)
    except ReadinessError as exc:
        widgets.problem(exc)
        return
    if original is None:
        widgets.empty(tr("Nothing was replaced in this span."), tr("What is shown above is what the file holds."))
        return
    fields = [
        (tr("Input"), original.input),
        (tr("Output"), original.output),
        (tr("Error"), original.error),
        *original.attributes.items(),
    ]
    widgets.show("fields", fields=[(tr("{name}, before redaction", name=name), value) for name, value in fields])


def timing(review: Review, sample: TraceSample) -> FileTiming:
    """The file whose times are shown: that of the trace, or another that holds traces of the candidate."""
    files = [timing.item.id for timing in review.timings]
    if len(files) == 1:
        return review.timings[0]
    return st.selectbox(
        tr("File"),
        review.timings,
        index=files.index(sample.item.id) if sample.item.id in files else 0,
        format_func=lambda option: formatting.line(
            f"{option.item.evidence.name}, {formatting.count(option.found, 'trace')}"
        ),
    )


def file_row(visit: PageContext, review: Review, item: EvidenceItem) -> None:
    """One imported file, and the way to take it back."""
    text, button = _columns()
    with text:
        widgets.show("file", item=item, assessment=review.assessment, earlier=whose.earlier_versions(review))
    if item.evidence.doubted and allowed(visit.by, "import", review.slug):
        label = tr("Confirm {name}", name=widgets.plain(item.evidence.name))
        if button.button(tr("Confirm"), key=f"confirm_{item.id}", help=label):
            _confirm(visit, review, item)
    if allowed(visit.by, "evidence.remove", review.slug) and button.button(tr("Remove"), key=f"remove_{item.id}"):
        _remove(visit, review, item)


@widgets.dialog(marked("Confirm this file?"))
def _confirm(visit: PageContext, review: Review, item: EvidenceItem) -> None:
    for doubt in item.evidence.doubts:
        st.text(formatting.line(f"{formatting.capital(doubts.clause(doubt))}."))
    with st.form("confirm", border=False):
        reason = st.text_input(tr("Why the file counts all the same"), help=tr("Stands in every pack beside the file."))
        if not st.form_submit_button(tr("Confirm it"), type="primary"):
            return
    guard.write(
        lambda: evidence.confirm(visit.store, visit.by, review.slug, item.id, reason, seen=item.evidence.doubts)
    )


@widgets.dialog(marked("Remove this file?"))
def _remove(visit: PageContext, review: Review, item: EvidenceItem) -> None:
    name = formatting.line(item.evidence.name)
    st.text(tr("{name}: its figures and traces go, the activity keeps that they were there.", name=name))
    if st.button(tr("Remove it"), type="primary"):
        guard.write(lambda: evidence.remove(visit.store, visit.by, review.slug, item.id))
