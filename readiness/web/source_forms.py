"""Sources of a system: each with how its last pull ended, the way to pull now, and what is fetched from where."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import streamlit as st

from readiness import clock, language
from readiness.access import allowed
from readiness.importers.batch import mapped
from readiness.language import marked, tr
from readiness.model.assessment import VersionRole
from readiness.model.dossier import Done
from readiness.model.sources import KINDS, LONGEST_CADENCE, TITLES, LiveSource, SourceHolds, StoredSource
from readiness.outbound.pulls import PullLimits
from readiness.review.review import Review
from readiness.services import sources

from . import guard, widgets
from .guard import PageContext

WHILE_LOOKING = replace(PullLimits(), seconds=90, wait=20)
"""Whoever presses a button looks on meanwhile; what is left is fetched with the next pull."""
_NOTE = marked("Servers from which evidence is fetched; a token for each stands in the environment, never here.")


def show(visit: PageContext, review: Review) -> None:
    """Below the files; nothing where there is none, for whoever may set up none."""
    may = review.latest and allowed(visit.by, "import", review.slug)
    found = sources.every(visit.store, visit.by, review.slug)
    if not found and not may:
        return
    widgets.heading(tr("Sources"), tr(_NOTE))
    for source in found:
        _row(visit, review, source, may=may)
    if not found:
        widgets.empty(
            tr("Nothing is fetched for this system."), tr("Add a source, and readiness pull --due fetches from it.")
        )
    if may and st.button(tr("Add a source"), key="source_add"):
        _edit(visit, review, None)


def _row(visit: PageContext, review: Review, source: StoredSource, *, may: bool) -> None:
    told, now, edit, away = st.columns([10, 2, 2, 2], vertical_alignment="center")
    place = told.empty()
    with place.container():
        _state(source)
    if not may:
        return
    named = source.record.title
    if now.button(
        tr("Pull now"), key=f"source_pull_{source.id}", help=tr("Pull {named}", named=named), width="stretch"
    ):
        with st.spinner(tr("Fetching …")):
            guard.write(lambda: _pull(visit, review, source))
        with place.container():  # whoever reads on sees what failed
            for after in sources.every(visit.store, visit.by, review.slug):
                if after.id == source.id:
                    _state(after)
    if edit.button(tr("Edit"), key=f"source_edit_{source.id}", help=tr("Edit {named}", named=named), width="stretch"):
        _edit(visit, review, source)
    if away.button(
        tr("Remove"), key=f"source_remove_{source.id}", help=tr("Remove {named}", named=named), width="stretch"
    ):
        guard.write(lambda: sources.remove(visit.store, visit.by, review.slug, source.id))


def _state(source: StoredSource) -> None:
    widgets.show("source", source=source, stale=source.stale(clock.now()))


def _pull(visit: PageContext, review: Review, source: StoredSource) -> Done:
    outcome = sources.pull(visit.store, visit.by, review.slug, source.id, as_of=clock.today(), limits=WHILE_LOOKING)
    return Done(outcome.sentence)


@widgets.dialog(marked("Source"), width="large")
def _edit(visit: PageContext, review: Review, source: StoredSource | None) -> None:
    before = source.record if source else None
    with st.form("source", border=False):
        fields = _fields(before, _stages(review))
        if not st.form_submit_button(tr("Store the source"), type="primary"):
            return

    def store() -> Done:
        lines = filter(None, map(str.strip, fields["mapping"].splitlines()))
        record = LiveSource.checked(**fields | {"mapping": mapped(lines, place=tr("Fields"))})
        if source is None:
            return sources.add(visit.store, visit.by, review.slug, record)
        return sources.change(visit.store, visit.by, review.slug, source.id, record, seen=source.row_version)

    guard.write(store)


def _stages(review: Review) -> list[str]:
    return ["", *(stage.name for stage in review.policy.record.stages)] if review.policy else [""]


def _fields(before: LiveSource | None, stages: list[str]) -> dict[str, Any]:
    held: list[SourceHolds] = list(get_args(SourceHolds))
    roles: list[VersionRole | None] = [None, *get_args(VersionRole)]
    kind, holds = st.columns(2)
    fields: dict[str, Any] = {
        "kind": kind.selectbox(
            tr("Server"), KINDS, _at(KINDS, before and before.kind), format_func=language.said(TITLES)
        ),
        "holds": holds.selectbox(tr("Holds"), held, _at(held, before and before.holds), format_func=tr),
        "url": st.text_input(tr("Address"), before.url if before else "", placeholder="https://…"),
    }
    project, run = st.columns(2)
    fields["project"] = project.text_input(tr("Project or experiment"), before.project if before else "")
    fields["run"] = run.text_input(
        tr("Run or experiment"),
        before.run if before else "",
        help=tr("Of results: one run by its id, or one experiment."),
    )
    version, role, every = st.columns(3)
    fields["version"] = version.text_input(tr("Version"), before.version if before else "")
    fields["role"] = role.selectbox(
        tr("Or the version that is the"),
        roles,
        _at(roles, before and before.role),
        format_func=lambda role: tr(role) if role else "—",
    )
    hours = before.every_hours if before else 24
    fields["every_hours"] = every.number_input(tr("Every … hours"), 1, LONGEST_CADENCE, hours)
    stage = before.stage if before else ""
    known = stages if stage in stages else [*stages, stage]
    fields["stage"] = st.selectbox(
        tr("Measured in stage"), known, known.index(stage), format_func=lambda name: name or tr("before the rollout")
    )
    lines = "\n".join(f"{key}={name}" for key, name in before.mapping.items()) if before else ""
    fields["mapping"] = st.text_area(tr("Fields"), lines, help=tr("As --map says them, KEY=FIELD in each line."))
    first = before.since if before else None
    fields["since"] = st.date_input(tr("From"), first, format="YYYY-MM-DD", help=tr("Where the first pull begins."))
    return fields


def _at(known: Any, value: Any) -> int:
    return list(known).index(value) if value in known else 0
