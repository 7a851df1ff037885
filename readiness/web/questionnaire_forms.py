"""Questionnaires at the end of the page Pack: a framework of ours or a file of theirs, answered, looked at, taken."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from readiness import formatting, pack
from readiness.errors import ReadinessError
from readiness.language import marked, tr, trn
from readiness.pack import questionnaire
from readiness.pack.questionnaire import Asked, Filled, frameworks, matching
from readiness.pack.questionnaire.matching import MatchedQuestion, Place
from readiness.review.review import Review

from . import pack_forms, pack_session, widgets
from .guard import PageContext

LIMIT_MB = 16
LISTED = 50
OFFERED = 20
"""Questions for which near ones are offered on one page."""
THEIRS = marked("A file of theirs")
READ = "questionnaire_read"
KINDS = {
    "shown": "pass",
    "attested": "",
    "stated": "",
    "uncovered": "partial",
    "contradicted": "fail",
    "not stated": "none",
    "not shown": "none",
}


def section(visit: PageContext, review: Review, request: pack.Request) -> None:
    """Nothing is worked out before somebody chooses what to answer."""
    widgets.heading(tr("Questionnaire"), tr("Answered from what this audience may be told; nothing is guessed."))
    names = {framework.id: framework.name for framework in frameworks.every().values()}
    chosen = st.selectbox(
        tr("Questions of"),
        [*names, THEIRS],
        index=None,
        format_func=lambda option: names.get(option) or tr(option),
        placeholder=tr("Choose a framework, or a file of theirs"),
        key="questionnaire",
    )
    try:
        if chosen == THEIRS:
            _theirs(visit, review, request, names)
        elif chosen:
            _ours(visit, review, request, chosen)
    except ReadinessError as exc:
        widgets.problem(exc)


def _ours(visit: PageContext, review: Review, request: pack.Request, chosen: str) -> None:
    framework = frameworks.get(chosen)
    filled = questionnaire.fill(_taken(visit, review, request), questionnaire.matched(Asked(chosen)))
    query = {"system": review.slug, "assessment": str(review.assessment_id), "framework": chosen}
    query |= pack_forms.query(request)
    links = [
        (tr("Download as {form}", form=form.upper()), f"questionnaire?{urlencode(query | {'format': form})}")
        for form in filled.forms
    ]
    widgets.show("questionnaire_links", links=links)
    _show(filled, tr("{source} Not asked here: {left_out}", source=framework.source, left_out=framework.left_out))


def _theirs(visit: PageContext, review: Review, request: pack.Request, names: dict[str, str]) -> None:
    uploaded = st.file_uploader(
        tr("Their questionnaire, as XLSX or CSV"),
        type=["xlsx", "csv"],
        max_upload_size=LIMIT_MB,
        key="questionnaire_file",
    )
    if uploaded is None:
        st.caption(tr("It is not stored. The same rows come back, each with answer, state, source and day."))
        return
    of = st.selectbox(
        tr("Its ids are of"),
        ["", *names],
        format_func=lambda option: names.get(option) or tr("what the file says"),
        key=f"questionnaire_of_{uploaded.file_id}",
    )
    read = _matched(uploaded, of)
    picks = _picks(uploaded, read.near)
    filled = questionnaire.fill(_taken(visit, review, request), read.matched.with_picks(picks))
    for form in filled.forms:
        st.download_button(
            tr("Download as {form}", form=form.upper()),
            _leaving(visit, review, request, uploaded, Asked(of, name=uploaded.name, picks=picks), form),
            questionnaire.file_name(review.slug, Path(uploaded.name).stem, request.audience, visit.as_of, form),
            questionnaire.media_type(form),
            type="primary" if form == filled.forms[0] else "secondary",
            on_click="ignore",
            key=f"questionnaire_{form}",
        )
    _show(filled, _recognised(filled, names))


def _leaving(
    visit: PageContext, review: Review, request: pack.Request, uploaded: UploadedFile, asked: Asked, form: str
) -> Callable[[], bytes]:
    """The file is made when it is taken, by the one way in which any leaves."""

    def make() -> bytes:
        with _on_disk(uploaded) as path:
            made = questionnaire.build(
                visit.store,
                visit.by,
                review.slug,
                request,
                replace(asked, path=path),
                as_of=visit.as_of,
                form=form,
                assessment_id=review.assessment_id,
            )
        return made.body

    return make


@contextmanager
def _on_disk(uploaded: UploadedFile) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "questionnaire"
        path.write_bytes(uploaded.getbuffer())
        yield path


def _taken(visit: PageContext, review: Review, request: pack.Request) -> pack.Snapshot:
    return pack_session.taken(visit.by, review.slug, request, visit.as_of, review.assessment_id)


@dataclass(frozen=True)
class ReadQuestionnaire:
    """A file as it was read, and the questions that are not certainly ours with those that are near."""

    matched: questionnaire.Matched
    near: Mapping[MatchedQuestion, Sequence[str]]


def _matched(uploaded: UploadedFile, of: str) -> ReadQuestionnaire:
    """Read once; a rerun of the page finds what was read."""
    key = (uploaded.file_id, of)
    known: tuple[object, ReadQuestionnaire] | None = st.session_state.get(READ)
    if known and known[0] == key:
        return known[1]
    with _on_disk(uploaded) as path:
        matched = questionnaire.matched(Asked(of, path, uploaded.name))
    read = ReadQuestionnaire(matched, _near(matched))
    st.session_state[READ] = (key, read)
    return read


def _near(matched: questionnaire.Matched) -> dict[MatchedQuestion, list[str]]:
    """The first questions that are not certainly ours and have near ones, with these."""
    found: dict[MatchedQuestion, list[str]] = {}
    for question in matched.questions.values():
        if len(found) < OFFERED and question.item is None and (near := matching.near(question)):
            found[question] = near
    return found


def _picks(uploaded: UploadedFile, questions: Mapping[MatchedQuestion, Sequence[str]]) -> dict[Place, str]:
    """What the person at the page says a question is; it counts for this file alone."""
    if not questions:
        return {}
    picked: dict[Place, str] = {}
    with st.expander(
        trn(
            "{n} question may be one of these; you decide",
            "{n} questions may be one of these; you decide",
            len(questions),
        )
    ):
        for question, near in questions.items():
            choice = st.selectbox(
                widgets.plain(f"{question.id} {question.text}".strip()[:200]),
                near,
                index=None,
                format_func=_called,
                placeholder=tr("None of these: not shown"),
                key=f"pick_{uploaded.file_id}_{question.place[0]}_{question.place[1]}",
            )
            if choice:
                picked[question.place] = choice
    return picked


def _called(key: str) -> str:
    item = matching.item_of(key)
    return f"{item.asks} ({item.id})"


def _recognised(filled: Filled, names: dict[str, str]) -> str:
    of = formatting.listed([names[own] for own in filled.matched.frameworks])
    return (
        tr("Its ids are taken to be of {names}.", names=of)
        if of
        else tr("It names no framework whose ids are known here.")
    )


def _show(filled: Filled, recognised: str) -> None:
    rows = [(filled.matched.questions[place], answer) for place, answer in filled.answers.items()]
    widgets.show(
        "questionnaire",
        filled=filled,
        rows=rows[:LISTED],
        more=max(len(rows) - LISTED, 0),
        recognised=recognised,
        kinds=KINDS,
    )
