"""Several gaps at once, with one reason: all of them are stored, or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import streamlit as st

from readiness.errors import Conflict, Conflicts, ReadinessError
from readiness.language import tr, trn
from readiness.review.items import OpenGap
from readiness.services import gaps
from readiness.services.gaps import GapEdit

from . import gap_edits, linked, person_pick, widgets
from .gap_edits import DATES
from .guard import PageContext

_KEY = "gaps together"
_FIELDS = ("due", "owner", "action", "reason")


@dataclass
class Several:
    """The gaps that were ticked, each as it was then, and what came of storing them."""

    picked: dict[int, OpenGap] = field(default_factory=dict)
    shown: dict[int, OpenGap] = field(default_factory=dict)
    stored: str = ""
    problem: str = ""
    question: str = ""
    asked: dt.date | None = None
    overtaken: dict[int, Conflict] = field(default_factory=dict)

    def forget(self) -> None:
        self.stored, self.problem, self.question, self.overtaken = "", "", "", {}


def several() -> Several:
    found: Several = st.session_state.setdefault(_KEY, Several())
    return found


def ticked() -> None:
    """Rows were ticked: each is kept as it was seen, so that what others change meanwhile is noticed."""
    pick([int(number) for number in st.session_state[linked.KEY].picked])


def pick(numbers: Sequence[int]) -> None:
    mine = several()
    mine.forget()
    known = mine.shown | mine.picked
    mine.picked = {number: known[number] for number in numbers if number in known}


def panel(visit: PageContext, shown: Sequence[OpenGap], names: Mapping[str, str]) -> None:
    """What the ticked rows are to become; a field that stays empty leaves each gap as it is."""
    mine = several()
    mine.shown = {gap.id: gap for gap in shown}
    with st.container(key="together", gap=None):
        widgets.heading(
            trn("{n} gap chosen", "{n} gaps chosen", len(mine.picked)),
            tr("What you leave empty stays as it is."),
        )
        _told(mine, names)
        with st.form("gaps together form", border=False):
            due, reason, buttons = st.columns([2, 4, 3], vertical_alignment="bottom")
            due.date_input(tr("New due date"), None, key=_field("due"), format="YYYY-MM-DD", **DATES)
            reason.text_input(
                tr("One reason for all"), key=_field("reason"), placeholder=tr("needed when a date moves later")
            )
            with buttons, st.container(horizontal=True, horizontal_alignment="right"):
                _buttons(visit, mine)
            owner, action = st.columns([2, 5])
            person_pick.box(visit, owner, tr("New owner"), key=_field("owner"), placeholder=tr("as it is"))
            action.text_input(tr("New next action"), key=_field("action"))


def _buttons(visit: PageContext, mine: Several) -> None:
    left = len(mine.picked) - len(mine.overtaken)
    if mine.overtaken and left:
        st.form_submit_button(
            tr("Store the other {left}", left=left), on_click=store, args=(visit,), kwargs={"others": True}
        )
    label = tr("Store all the same") if mine.question or mine.overtaken else tr("Store for all")
    st.form_submit_button(label, type="primary", on_click=store, args=(visit,), key=f"{_KEY} store")
    st.form_submit_button(tr("Choose all shown"), type="tertiary", on_click=lambda: pick(list(several().shown)))


def _told(mine: Several, names: Mapping[str, str]) -> None:
    if mine.stored:
        widgets.done(mine.stored)
    if mine.problem:
        widgets.show("notice", kind="alert", text=mine.problem)
    if mine.question:
        widgets.show("notice", kind="question", text=mine.question)
    for number, conflict in mine.overtaken.items():
        gap = mine.picked[number]
        both = {name: (st.session_state.get(_field(name)) or None, value) for name, value in conflict.theirs.items()}
        title = tr("{gap} of {system}", gap=tr(gap.signal.name), system=names.get(gap.system, gap.system))
        widgets.show("both", both=both, merged={}, labels=gap_edits.labels(), title=title)


def store(visit: PageContext, *, others: bool = False) -> None:
    """Store what was typed for all that are ticked, or for those that nobody else has changed (`others`)."""
    mine = several()
    left_out = set(mine.overtaken) if others else set()
    chosen = [gap for number, gap in mine.picked.items() if number not in left_out]
    typed = {name: st.session_state.get(_field(name)) or None for name in _FIELDS}
    typed["owner"] = person_pick.meant(visit, str(typed["owner"] or "")) or None
    reason = str(typed["reason"] or "")
    mine.forget()
    edits = [
        GapEdit(gap.id, gap.row_version, **{name: typed[name] or getattr(gap.mark, name) for name in gap_edits.FIELDS})
        for gap in chosen
    ]
    try:
        mine.question = _ask(visit, chosen, edits, reason)
        if mine.question and mine.asked != typed["due"]:
            mine.asked = typed["due"]
            return
        mine.question, mine.stored = "", f"{gaps.change_many(visit.store, visit.by, edits, reason=reason).sentence}."
    except Conflicts as exc:
        _overtaken(mine, exc)
    except ReadinessError as exc:
        mine.problem = str(exc)
    else:
        mine.picked = {}
        for name in _FIELDS:
            st.session_state[_field(name)] = None if name in ("due", "owner") else ""


def _overtaken(mine: Several, conflicts: Conflicts) -> None:
    """Nothing was stored; the next try is made knowing what others wrote."""
    mine.overtaken = {conflict.row: conflict for conflict in conflicts.each}
    for number, conflict in mine.overtaken.items():
        gap = mine.picked[number]
        mark = gap.mark.model_copy(update=conflict.theirs)
        mine.picked[number] = replace(gap, row_version=conflict.version, mark=mark)
    mine.problem = trn(
        "{overtaken} of {n} gap {was} changed by somebody else in the meantime; nothing was stored.",
        "{overtaken} of {n} gaps {was} changed by somebody else in the meantime; nothing was stored.",
        len(mine.picked),
        overtaken=len(mine.overtaken),
        was=trn("was", "were", len(mine.overtaken)),
    )


def _ask(visit: PageContext, chosen: Sequence[OpenGap], edits: Sequence[GapEdit], reason: str) -> str:
    questions = {}
    for gap, edit in zip(chosen, edits, strict=True):
        try:
            asked = gap_edits.ask(gap, edit.due, reason, gap_edits.around(visit, gap.system))
        except ReadinessError as exc:
            raise exc.within(place=tr("{gap} of {system}", gap=tr(gap.signal.name), system=gap.system)) from exc
        if asked:
            questions[gap.id] = asked
    first = next(iter(questions.values()), "")
    return first if len(questions) < 2 else tr("Of {number} gaps: {first}", number=len(questions), first=first)


def _field(name: str) -> str:
    return f"{_KEY} {name}"
