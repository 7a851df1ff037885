"""Systems and assessments without a file: begun, edited, archived and deleted; one plain write for each."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st
from streamlit.column_config import NumberColumn, TextColumn
from streamlit.delta_generator import DeltaGenerator

from readiness import clock, formatting
from readiness.access import allowed
from readiness.errors import Denied, InputError
from readiness.language import marked, tr
from readiness.model.assessment import Assessment, System
from readiness.model.dossier import ArchivedSystem, Done
from readiness.review.review import Review
from readiness.services import systems

from . import answer_forms, guard, headline, person_pick, reads, widgets
from .guard import PageContext

CHECKLIST = "../../pages/checklist.py"
ONE_BY_ONE = marked("one after the other")


def new(visit: PageContext, place: DeltaGenerator) -> None:
    """The way to a new system."""
    if allowed(visit.by, "system.create") and place.button(tr("New system"), key="new_system", width="stretch"):
        st.switch_page("../../pages/system.py", query_params={"new": "yes"})


def begin(visit: PageContext) -> None:
    """A new system in three fields; the rest has defaults, and can be edited later."""
    if not allowed(visit.by, "system.create"):
        guard.refuse(
            Denied(tr("{name} may not make a system", name=visit.by.name), expected=tr("a role that grants it"))
        )
    name = st.text_input(tr("Name"), placeholder=tr("Support Copilot"), live=True, max_chars=300)
    slug = systems.free_slug(visit.store, visit.by, name) if name.strip() else ""
    does = st.text_area(
        tr("What it does, and for whom"), height=80, placeholder=tr("Answers customers in two languages")
    )
    left, right = st.columns(2)
    candidate = left.text_input(tr("Version to be rolled out"), placeholder="2026.12", max_chars=300)
    address = right.text_input(
        tr("Short name, as addresses have it"), slug, help=tr("Made from the name; it stays as it is.")
    )
    if not st.button(tr("Make the system"), type="primary", disabled=not name.strip()):
        return

    def make() -> Done:
        if not candidate.strip():
            raise InputError(
                tr("no version is named"), place=tr("version"), expected=tr("what its results and traces call it")
            )
        system = System.checked(slug=address.strip(), name=name.strip(), description=does.strip())
        first = Assessment.checked(candidate=candidate.strip(), scope=does.strip())
        return systems.create(visit.store, visit.by, system, first)

    guard.write(make, then=lambda done: _answer(done, address.strip()))


def _answer(done: Done, slug: str) -> None:
    """On to the questions of what was begun; what was stored is told below them, so that nothing moves later."""
    st.session_state[answer_forms.SAID] = f"{done.sentence}."
    st.switch_page(CHECKLIST, query_params={"system": slug, "way": ONE_BY_ONE})


def system(visit: PageContext, review: Review) -> None:
    """What the system says of itself."""
    stored = review.dossier.system
    before, may = stored.record, allowed(visit.by, "system.edit", review.slug)
    with st.form(f"system_{review.slug}", border=False):
        left, right = st.columns(2)
        name = left.text_input(tr("Name"), before.name, disabled=not may)
        owner = person_pick.box(visit, right, tr("Owner"), before.owner, disabled=not may)
        does = st.text_area(tr("What it does, and for whom"), before.description, height=80, disabled=not may)
        if not st.form_submit_button(tr("Store the system"), disabled=not may):
            return

    def store() -> Done:
        named = System.checked(slug=review.slug, name=name.strip(), owner=owner, description=does)
        return systems.edit(visit.store, visit.by, named, seen=stored.row_version)

    guard.write(store)


def assessment(visit: PageContext, review: Review) -> None:
    """What the assessment says of itself; only the one in force can be changed."""
    stored = review.dossier.assessment
    may = review.latest and allowed(visit.by, "system.edit", review.slug)
    with st.form(f"assessment_{review.assessment_id}", border=False):
        fields = _asked(stored.record, may=may)
        left, right = st.columns(2)
        with left:
            workflows = _shares(tr("Expected workflows"), tr("Workflow"), stored.record.expected.workflows, may=may)
        with right:
            cohorts = _shares(tr("Expected cohorts"), "dimension=value", stored.record.expected.cohorts, may=may)
        if not st.form_submit_button(tr("Store the assessment"), disabled=not may):
            return

    def store() -> Done:
        expected = {"workflows": _typed(workflows), "cohorts": _typed(cohorts)}
        stated = Assessment.checked(**stored.record.model_dump() | fields | {"expected": expected})
        slug, number = review.slug, review.assessment_id
        return systems.edit_assessment(visit.store, visit.by, slug, number, stated, seen=stored.row_version)

    guard.write(store)


def _asked(before: Assessment, *, may: bool = True) -> dict[str, Any]:
    """Versions, target date and scope."""
    left, middle, right = st.columns(3)
    candidate = left.text_input(tr("Candidate"), before.candidate, disabled=not may)
    baseline = middle.text_input(tr("Baseline"), before.baseline, disabled=not may)
    target = right.date_input(tr("Target date"), before.target_date, format="YYYY-MM-DD", disabled=not may)
    scope = st.text_area(tr("Scope"), before.scope, height=80, disabled=not may)
    return {"candidate": candidate.strip(), "baseline": baseline.strip(), "target_date": target, "scope": scope}


def _shares(title: str, what: str, before: dict[str, float], *, may: bool) -> pd.DataFrame:
    """Names and their shares of the traffic, to edit, to add and to take away.

    Without a key, so that the rows of another assessment never take over what was typed.
    """
    rows = [(name, round(share * 100, 10)) for name, share in before.items()]
    frame = pd.DataFrame(rows, columns=["name", "share"]).astype({"name": "object", "share": "float64"})
    st.caption(title)
    columns = {
        "name": TextColumn(what, width="medium"),
        "share": NumberColumn(tr("% of traffic"), min_value=0, max_value=100, format="plain"),
    }
    return st.data_editor(
        frame, column_config=columns, num_rows="dynamic", hide_index=True, disabled=not may, height="content"
    )


def _typed(table: pd.DataFrame) -> dict[str, float]:
    """Raises InputError for a share without a name, and for a name that stands twice."""
    shares: dict[str, float] = {}
    for number, row in enumerate(table.to_dict("records"), 1):
        name = "" if pd.isna(row["name"]) else str(row["name"]).strip()
        share = 0.0 if pd.isna(row["share"]) else float(row["share"]) / 100
        if not name and not share:
            continue
        if not name or name in shares:
            twice = tr("{name} stands twice", name=name)
            raise InputError(
                twice if name else tr("the row has a share and no name"),
                place=tr("row {number}", number=number),
                expected=tr("a name of its own"),
            )
        shares[name] = share
    return shares


def following(visit: PageContext, review: Review) -> None:
    """The way to the next assessment."""
    if not review.latest or not allowed(visit.by, "system.edit", review.slug):
        return
    widgets.heading(
        tr("Next version"), tr("Gaps, policy and plan go on as they are; what was controlled is confirmed one by one.")
    )
    if st.button(tr("Start the next assessment"), key="next_assessment"):
        _following(visit, review)


@widgets.dialog(marked("The next assessment"), width="large")
def _following(visit: PageContext, review: Review) -> None:
    last = review.assessment
    proposed = last.model_copy(update={"candidate": "", "baseline": last.candidate, "target_date": None})
    with st.form(f"following_{review.assessment_id}", border=False):
        fields = _asked(proposed)
        day = st.date_input(
            tr("Assessed on"), clock.today(), min_value=last.assessed_on, max_value=clock.today(), format="YYYY-MM-DD"
        )
        if not st.form_submit_button(tr("Start it"), type="primary"):
            return

    def start() -> Done:
        stated = Assessment.checked(**last.model_dump() | fields | {"assessed_on": day})
        return systems.start_assessment(visit.store, visit.by, review.slug, stated, seen=review.assessment_id)

    guard.write(start, then=lambda done: _answer(done, review.slug))


def end_of_life(visit: PageContext, review: Review) -> None:
    """The archive, folded away; what is in it can be deleted there."""
    if not allowed(visit.by, "system.edit", review.slug):
        return
    slug, seen = review.slug, review.dossier.system.row_version
    with st.expander(tr("End of life")), st.form(f"archive_{slug}", border=False):
        reason = st.text_input(
            tr("Why it is archived"), help=tr("It leaves every list, and can be restored as it was.")
        )
        if st.form_submit_button(tr("Archive")):
            guard.write(lambda: systems.archive(visit.store, visit.by, slug, reason, seen=seen), then=_home)


def _delete(visit: PageContext, slug: str, seen: int) -> None:
    with st.form(f"delete_{slug}", border=False):
        left, right = st.columns([2, 1])
        reason = left.text_input(
            tr("Why it is deleted"), help=tr("All that is stored goes; the activity keeps what was done.")
        )
        named = right.text_input(tr("Its short name, {slug}, to be sure", slug=slug))
        if not st.form_submit_button(tr("Delete for good")):
            return

    def delete() -> Done:
        if named.strip() != slug:
            raise InputError(
                tr("the short name does not fit; nothing was deleted"), place=tr("short name"), expected=slug
            )
        return systems.delete(visit.store, visit.by, slug, reason, seen=seen)

    guard.write(delete, then=_home)


def _home(done: Done) -> None:
    st.session_state[guard.FLASH] = f"{done.sentence}."
    st.switch_page("../../pages/portfolio.py")


def away(visit: PageContext, slug: str) -> ArchivedSystem | None:
    """The system of this name where it is in the archive."""
    return next((system for system in systems.archived(visit.store, visit.by) if system.slug == slug), None)


def put_away(visit: PageContext, system: ArchivedSystem) -> None:
    """A system in the archive: it comes back, or goes for good."""
    headline.tell(
        tr("{name} was archived on {day}.", name=system.name or system.slug, day=formatting.day(system.on)),
        kicker=tr("In the archive"),
    )
    st.text(formatting.line(f"{system.by}: {system.reason}"))
    _restore(visit, system, tr("Restore"))
    if allowed(visit.by, "system.delete", system.slug):
        with st.expander(tr("End of life")):
            _delete(visit, system.slug, system.row_version)


def _restore(visit: PageContext, system: ArchivedSystem, label: str) -> None:
    may = allowed(visit.by, "system.edit", system.slug)
    if may and st.button(
        label, key=f"restore_{system.slug}", help=tr("Restore {name}", name=widgets.plain(system.name))
    ):
        guard.write(lambda: systems.restore(visit.store, visit.by, system.slug, seen=system.row_version))


def archive(visit: PageContext) -> None:
    """How many systems are in the archive, and which; nothing where there is none."""
    archived = reads.archived(visit.by)
    if not archived:
        return
    with st.expander(tr("{number} archived", number=len(archived))):
        for system in archived:
            text, button = st.columns([8, 2], vertical_alignment="center")
            with text:
                widgets.show("archived", system=system)
            with button:
                _restore(visit, system, tr("Restore"))
