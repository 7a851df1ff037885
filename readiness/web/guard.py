"""The first line of every page: who asks, may they, and what about. Failures become one sentence."""

from __future__ import annotations

import datetime as dt
import difflib
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import StopException

from readiness import formatting
from readiness.access import Principal, allowed, authorize_anywhere
from readiness.errors import Conflict, LoginEnded, NotFound, ReadinessError
from readiness.exports import blank_assessment
from readiness.kept import Kept
from readiness.language import tr, trn
from readiness.model import checklist as checklists
from readiness.model.checklist import Level
from readiness.model.dossier import Done, FactStatus
from readiness.portfolio import status, triage
from readiness.portfolio.status import SystemStatus
from readiness.review.review import Review
from readiness.scorecard.judges import Disagreement
from readiness.services import Store, demo, forecasts, judges, reruns

from . import headline, reads, session, standings, widgets

_log = logging.getLogger(__name__)
FLASH = "flash"
AGAIN = 2.0
"""Seconds after which it is looked how far the work behind is."""


@dataclass(frozen=True)
class PageContext:
    """One page; what it hands to a button or a dialog of a later run asks anew who looks."""

    store: Store
    as_of: dt.date
    everything: Sequence[SystemStatus]
    behind: int = 0
    """Systems that are still being worked out, and so not among `everything`."""
    kept: Kept = field(default_factory=Kept)
    """What was worked out of `everything`."""

    @property
    def names(self) -> Mapping[str, str]:
        """The name of each system by its slug."""
        return self.kept.once("names", lambda: status.names(self.everything))

    @property
    def levels(self) -> Sequence[tuple[Level, int]]:
        """How many systems stand at each level that is there, the worst first."""
        return self.kept.once("levels", lambda: triage.levels(self.everything))

    @property
    def by(self) -> Principal:
        """Who looks in this run, with the rights they have now. Raises Denied."""
        return session.principal()

    def chosen(self) -> Review:
        """The system and assessment in the address, else the one that needs a decision most."""
        if not self.everything and not self.behind:
            headline.tell(tr("Nothing is stored yet."), kicker=tr("Start here"))
            first_steps(self)
            end()
        slug = st.query_params.get("system", "") or self.everything[0].slug
        number = st.query_params.get("assessment", "")
        try:
            wanted = (int(number) if number.isdecimal() else 0) if number else None
            return reads.review(self.by, slug, self.as_of, wanted)
        except NotFound:
            no_such(self, slug, number)
        except ReadinessError as exc:
            refuse(exc)

    def facts(self, slug: str) -> FactStatus:
        """Whether what is stored of a system is as the record says."""
        try:
            return reads.facts(self.by, slug)
        except ReadinessError as exc:
            refuse(exc)

    def with_reruns(self, review: Review) -> Review:
        """The review with the shares of reruns in which it would hold: last on a page, since it takes a while."""
        try:
            return reruns.beside(self.store, self.by, review)
        except ReadinessError as exc:
            refuse(exc)

    def with_forecast(self, review: Review) -> Review:
        """The review with the forecast of its gaps."""
        try:
            return forecasts.beside(self.store, self.by, review)
        except ReadinessError as exc:
            refuse(exc)

    def disagreements(self, review: Review, metric: str) -> list[Disagreement]:
        """What the judges of a metric disagree on."""
        try:
            return judges.disagreements(self.store, self.by, review, metric)
        except ReadinessError as exc:
            refuse(exc)


def look() -> PageContext:
    """Raises ReadinessError where the store cannot be read."""
    by, as_of = session.principal(), session.today()
    portfolio = standings.portfolio(by, as_of)
    return PageContext(session.store(), as_of, portfolio.systems, portfolio.behind, portfolio.kept)


def carry_out(page: Callable[[], None]) -> None:
    """Run a page; whatever nobody foresaw is logged under a number, and the number is all that is shown."""
    try:
        page()
    except StopException:
        return  # what stands beside the page still follows
    except Exception:  # noqa: BLE001 - whatever it is, nobody is shown a traceback
        number = secrets.token_hex(4)
        _log.exception("a page failed, number %s", number)
        widgets.show("fault", number=number)


def end() -> NoReturn:
    """End the page here, which `st.stop` would do with what stands beside it too."""
    raise StopException


def enter() -> PageContext:
    """Open the store as this principal, or say why not and end the page."""
    try:
        visit = look()
    except ReadinessError as exc:
        refuse(exc)
    _tell()
    if visit.behind and not visit.everything and not st.query_params.get("system"):
        headline.tell(tr("Where the systems stand is being worked out."), kicker=tr("After an upgrade"))
        working_out(visit)
        end()
    return visit


def administrator() -> PageContext:
    """For the page that is about people and no system: whoever may administer one of them, or the end of the page."""
    try:
        authorize_anywhere(session.principal(), "administer")
        visit = PageContext(session.store(), session.today(), [])
    except ReadinessError as exc:
        refuse(exc)
    _tell()
    return visit


def _tell() -> None:
    """What the write before this run stored."""
    if FLASH in st.session_state:
        widgets.done(st.session_state.pop(FLASH))


@st.fragment(run_every=AGAIN)
def working_out(visit: PageContext) -> None:
    """How far the work is that is done behind; the page is shown anew when it is over."""
    try:
        portfolio = standings.portfolio(visit.by, visit.as_of)
    except ReadinessError as exc:
        refuse(exc)
    done, all_ = len(portfolio.systems), len(portfolio.systems) + portfolio.behind
    if not portfolio.behind:
        st.rerun()
    st.progress(
        done / all_,
        text=trn(
            "{done} of {n} system worked out; the others follow.",
            "{done} of {n} systems worked out; the others follow.",
            all_,
            done=formatting.whole(done),
        ),
    )


def first_steps(visit: PageContext, *, drop: bool = True) -> None:
    """The empty store: a system in three fields, a file that states one, and the demo one click away.

    Where a file can be dropped already, `drop` is left out.
    """
    widgets.show("first_steps")
    with st.container(horizontal=True):
        if allowed(visit.by, "system.create") and st.button(tr("New system"), type="primary", key="new_system"):
            st.switch_page("../../pages/system.py", query_params={"new": "yes"})
        if allowed(visit.by, "import"):
            if drop and st.button(tr("Drop an assessment file"), key="drop_file"):
                st.switch_page("../../pages/evidence.py")
            st.download_button(
                tr("Take the template"),
                blank_assessment.text(checklists.named("llm-rollout")),
                "assessment.toml",
                type="tertiary",
                on_click="ignore",
            )
            if st.button(tr("Load the demo portfolio"), type="tertiary"):
                write(lambda: _demo(visit))


def _demo(visit: PageContext) -> Done:
    stored = demo.load(visit.store, visit.by)
    return Done(trn("Stored {n} file of the demo portfolio", "Stored {n} files of the demo portfolio", len(stored)))


def no_such(visit: PageContext, slug: str, number: str) -> NoReturn:
    """What the address names is not there: said in words, with what is called alike."""
    names = visit.names
    if slug in names:
        headline.tell(tr("{name} has no assessment {number}.", name=names[slug], number=number), kicker=tr("Not found"))
        near = {slug: tr("{name}, its latest assessment", name=names[slug])}
    else:
        headline.tell(tr("No system here is called “{slug}”.", slug=formatting.line(slug)[:60]), kicker=tr("Not found"))
        near = {close: names[close] for close in difflib.get_close_matches(slug, names, n=3)}
    widgets.show("no_such", near=near)
    end()


def refuse(exc: ReadinessError) -> NoReturn:
    if isinstance(exc, LoginEnded):
        widgets.show("log_in_again")
    widgets.problem(exc)
    end()


def write(change: Callable[[], Done], *, then: Callable[[Done], None] | None = None) -> None:
    """Carry out one write and show what was stored; a failure or a lost race stays on the page, with both values.

    `then` does what comes next instead of telling what was stored.
    """
    try:
        done = change()
    except ReadinessError as exc:
        widgets.problem(exc)
        if isinstance(exc, Conflict) and exc.theirs:
            widgets.show("theirs", theirs=exc.theirs)
        return
    if then:
        then(done)
    else:
        st.session_state[FLASH] = f"{done.sentence}."
    st.rerun()
