"""Upload, what was recognised, mapping, preview, store: nothing is kept before the person has seen it."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from readiness import clock, importers, language
from readiness.decision.merging import OnConflict
from readiness.errors import Conflicts, InputError, ReadinessError
from readiness.exports import blank_assessment
from readiness.importers import Batch, Options
from readiness.importers.batch import DIRECTION, UNIT
from readiness.language import marked, tr
from readiness.model.dossier import Done
from readiness.model.measures import PERCENT
from readiness.model.traces import UNREDACTED_DAYS
from readiness.review import effects
from readiness.review.review import Review
from readiness.services import imports

from . import guard, links, progress, proposal_forms, samples, widgets
from .guard import PageContext

LIMIT_MB = 200
ROUND = "upload_round"
READ = "upload_read"
BEFORE, EFFECTS = "upload_before", "upload_effects"
"""The file that was stored last with the review from before and the page that shows it, and then what it changed."""
CHOICES: dict[OnConflict, str] = {"keep": marked("Keep what is stored"), "take": marked("Take what the file says")}
AS_NAMED = marked("keep the name")
TITLES = {importer.format: importer.title for importer in importers.IMPORTERS}


def form(visit: PageContext, review: Review | None, *, then: Callable[[str], None] | None = None) -> None:
    """Ask for a file, show what it holds, and store it when the person says so.

    Where a file is to be evidence of the system under review, `then` is told its name once it is stored.
    """
    key = f"upload_{st.session_state.get(ROUND, 0)}"
    uploaded = st.file_uploader(tr("File"), max_upload_size=LIMIT_MB, key=key, label_visibility="collapsed")
    if uploaded is None:
        _changed(review if then is None else None)
        return
    fault: ReadinessError | None = None
    if review and then is None:
        try:
            if offer := proposal_forms.found(visit, review, uploaded):
                proposal_forms.ask(visit, review, uploaded, offer, partial(_stored, uploaded.name, review))
                return
        except ReadinessError as exc:
            fault = exc  # of a file that may hold evidence all the same
    try:
        first = _read(visit, review, uploaded, Options())
        if then and first.assessment:
            raise InputError(tr("an assessment file is no evidence"), file=first.name, expected=tr("results or traces"))
        widgets.show("recognised", batch=first, title=tr(TITLES[first.format]))
        options = _ask(review, first) if first.evidence else Options()
        batch = first if options == Options() else _read(visit, review, uploaded, options)
    except ReadinessError as exc:
        widgets.problem(fault or exc)
        return
    widgets.show("preview", batch=batch)
    chosen = samples.ask(batch)
    choice = _choice(visit, batch)
    slug = batch.assessment.system.slug if batch.assessment else review.slug if review else ""
    if not slug:
        widgets.empty(
            tr("Results and traces belong to a system."), tr("Make a system first, or import its assessment file.")
        )
    elif st.button(tr("Store for {slug}", slug=widgets.plain(slug)), type="primary", disabled=choice is None):
        _keep(visit, review if review and review.slug == slug else None, batch, slug, chosen, choice or "stop", then)


def _changed(review: Review | None) -> None:
    """What the file that was stored last changed in this review, until the next file or system."""
    if review and BEFORE in st.session_state:
        name, before, page = st.session_state.pop(BEFORE)
        st.session_state[EFFECTS] = (name, review.slug, effects.between(before, review), page)
    name, slug, changed, page = st.session_state.get(EFFECTS, ("", "", None, ""))
    if review and review.slug == slug:
        widgets.show("effects", name=name, review=review, effects=changed, page=page, titles=links.titles())
    else:
        st.session_state.pop(EFFECTS, None)


def questions(review: Review) -> None:
    """The questions that are open as a file to be filled in, and dropped here again."""
    answered = {answer.signal.id for answer in review.answers if answer.mark.mark}
    system, assessment = review.dossier.system.record, review.assessment
    st.download_button(
        tr("Take the open questions as a file"),
        blank_assessment.text(review.checklist, system, assessment, answered),
        f"{review.slug}.toml",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
    )


def _choice(visit: PageContext, batch: Batch) -> OnConflict | None:
    """What to do about what somebody changed since the file was last read; None while nobody has said."""
    try:
        imports.check(visit.store, visit.by, batch)
    except Conflicts as exc:
        for conflict in exc.each:
            widgets.problem(conflict)
        return st.radio(tr("What is right?"), list(CHOICES), index=None, format_func=language.said(CHOICES))
    except ReadinessError as exc:
        widgets.problem(exc)
        return None
    return "stop"


def _read(visit: PageContext, review: Review | None, uploaded: UploadedFile, options: Options) -> Batch:
    """Read once for each way of reading; a rerun of the page finds what was read."""
    slug = review.slug if review else ""
    key = (uploaded.file_id, slug, options)
    batches: list[tuple[object, Batch]] = st.session_state.setdefault(READ, [])
    for known, batch in batches:
        if known == key:
            return batch
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(uploaded.getbuffer())
        request = imports.ImportRequest(path, name=uploaded.name, seen=slug, options=options)
        batch = progress.shown(
            lambda: imports.read(visit.store, visit.by, request), tr("Reading {name}", name=uploaded.name)
        )
    st.session_state[READ] = [*batches[-1:], (key, batch)]
    return batch


def _ask(review: Review | None, batch: Batch) -> Options:
    """What the file cannot say itself: which version is which, what names a workflow and a cohort, when it was true."""
    mapping = _versions(review, batch) if review is not None else {}
    if batch.fields:
        mapping |= _columns(batch, batch.proposed | batch.mapping)
    mapping |= _measures(batch)
    stated = batch.evidence.measured_on if batch.evidence else None
    measured = st.date_input(tr("Measured on"), stated, format="YYYY-MM-DD", width=220)
    return Options(
        mapping=mapping,
        stage=_stage(review) if batch.cells else "",
        measured_on=measured if measured != stated else None,
        raw_until=_raw_until() if batch.traces else None,
    )


def _stage(review: Review | None) -> str:
    """In which stage of the rollout it was measured; none for what was measured before."""
    stages = [stage.name for stage in review.policy.record.stages] if review and review.policy else []
    if not stages:
        return ""
    return (
        st.selectbox(tr("Measured in stage"), stages, index=None, placeholder=tr("before the rollout"), width=320) or ""
    )


def _raw_until() -> dt.date | None:
    """Until when what redaction replaces is kept too; not at all, unless a person asks for it."""
    asked = st.checkbox(
        tr("Also keep what redaction replaces, for a few days"),
        help=tr(
            "Kept apart from the traces: never in a pack or an export, shown only to those who may and only when they "
            "ask for it, and deleted on its day."
        ),
    )
    if not asked:
        return None
    days = st.number_input(tr("Days until it is deleted"), min_value=1, max_value=UNREDACTED_DAYS, value=7, width=220)
    return clock.today() + dt.timedelta(days=days)


def _columns(batch: Batch, before: dict[str, str]) -> dict[str, str]:
    """Which fields name what; proposed by their names, or as the last file of this kind was read."""
    mapping = {}
    fields = list(batch.fields)
    if "metric" in before:
        mapping["metric"] = ",".join(_several(tr("Metrics"), fields, before["metric"]))
    left, right = st.columns(2)
    with left:
        mapping["workflow"] = _one(tr("Workflow is named by"), fields, before.get("workflow", ""))
    with right:
        mapping["cohort"] = ",".join(_several(tr("Cohorts are named by"), fields, before.get("cohort", "")))
    if not batch.traces:
        mapping["cluster"] = _one(
            tr("Cases depend on each other by (a conversation, a user)"), fields, before.get("cluster", "")
        )
    for key in ("case_id", "error", "latency_ms"):
        if key in before:
            mapping[key] = before[key]
    return {key: value for key, value in mapping.items() if value}


def _measures(batch: Batch) -> dict[str, str]:
    """What the file does not say of its metrics: which are per cent, and which way is better."""
    metrics = {cell.metric: cell.direction for cell in batch.cells}
    told = {key: value for key, value in batch.mapping.items() if key.startswith((UNIT, DIRECTION))}
    unknown = sorted(metric for metric in metrics if metrics[metric] == "unknown" or f"{DIRECTION}{metric}" in told)
    if not metrics:
        return {}
    with st.expander(tr("Units and directions")):
        before = ",".join(metric for metric in metrics if told.get(f"{UNIT}{metric}") == PERCENT)
        shares = _several(tr("Written as per cent"), sorted(metrics), before)
        mapping = {key: unit for key, unit in told.items() if key.startswith(UNIT) and unit != PERCENT}
        mapping |= {f"{UNIT}{metric}": PERCENT for metric in shares}
        for way in ("higher", "lower"):
            chosen = ",".join(metric for metric in unknown if told.get(f"{DIRECTION}{metric}") == way)
            mapping |= {
                f"{DIRECTION}{metric}": way
                for metric in _several(
                    tr("Better when higher") if way == "higher" else tr("Better when lower"), unknown, chosen
                )
            }
    return mapping


def _one(label: str, fields: list[str], chosen: str) -> str:
    index = fields.index(chosen) if chosen in fields else None
    return st.selectbox(label, fields, index=index, placeholder=tr("nothing")) or ""


def _several(label: str, fields: list[str], chosen: str) -> list[str]:
    return st.multiselect(
        label, fields, [field for field in chosen.split(",") if field in fields], placeholder=tr("nothing")
    )


def _versions(review: Review, batch: Batch) -> dict[str, str]:
    """Labels of the file that stand for the candidate or the baseline, as the person says."""
    known = {
        tr("candidate {version}", version=review.assessment.candidate): review.assessment.candidate,
        tr("baseline {version}", version=review.assessment.baseline): review.assessment.baseline,
    }
    mapping = {}
    for label in batch.versions:
        if label in known.values():
            continue
        chosen = st.selectbox(
            tr("“{label}” is the", label=widgets.plain(label)),
            [AS_NAMED, *known],
            format_func=tr,
            key=f"version_{label}",
        )
        if chosen != AS_NAMED:
            mapping[f"version:{label}"] = known[chosen]
    return mapping


def _stored(name: str, before: Review | None, page: str = "") -> None:
    """Ask for the next file, and tell what this one changed since the review from before."""
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.session_state.pop(READ, None)
    if before:
        st.session_state[BEFORE] = (name, before, page)


def _keep(
    visit: PageContext,
    before: Review | None,
    batch: Batch,
    slug: str,
    chosen: frozenset[str] | None,
    choice: OnConflict,
    then: Callable[[str], None] | None,
) -> None:
    def store() -> Done:
        done = imports.keep(
            visit.store, visit.by, batch, system=slug, as_of=visit.as_of, chosen=chosen, on_conflict=choice
        )
        _stored(batch.name, before if done.changed else None)
        return done

    guard.write(store, then=(lambda _: then(batch.name)) if then else None)
