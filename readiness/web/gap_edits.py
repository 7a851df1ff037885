"""What a person has begun to change in gaps, by the id of the gap: rows that others add or take away move nothing here.

Every function that writes is a callback: it runs before the page is drawn, so that the page tells the truth at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeVar

import streamlit as st

from readiness.decision import due_dates
from readiness.decision.due_dates import Around
from readiness.decision.verdict import Verdict
from readiness.errors import Conflict, ReadinessError
from readiness.language import marked, tr
from readiness.model.dossier import Done, Handover
from readiness.review.items import OpenGap
from readiness.services import gaps, handovers

from . import person_pick
from .guard import PageContext

T = TypeVar("T")
FIELDS = ("due", "owner", "action")
NAMES = {"due": marked("Due date"), "owner": marked("Owner"), "action": marked("Next action")}
"""What the fields are called."""
DATES: dict[str, Any] = {"min_value": dt.date(1, 1, 1), "max_value": dt.date(9999, 12, 31)}
"""Any date can be typed, so that one that cannot be is refused in a sentence of ours."""
OPEN = "gap"
"""The key in the address of the row that is open."""
_DRAFTS, _TOLD, _FOCUS, _TURN = "gap drafts", "gap told", "gap focus", "gap turn"


Mode = Literal["change", "close", "hand over"]
_FIRST: Mapping[Mode, str] = {"change": "[role='spinbutton']", "close": "textarea", "hand over": "input"}


@dataclass
class Draft:
    """One gap as it was when a person began to change it, and what came of that so far.

    `both` holds, by field, what they typed and what somebody else stored meanwhile. `asked` is the date that the
    question was about: who presses the button again with the same date has answered it.
    """

    seen: OpenGap
    problem: str = ""
    question: str = ""
    asked: dt.date | None = None
    both: dict[str, tuple[object, object]] = field(default_factory=dict)
    merged: dict[str, object] = field(default_factory=dict)
    mode: Mode = "change"
    foreseen: tuple[Verdict, Verdict] | None = None
    closing: gaps.Closing | None = None

    def forget(self) -> None:
        self.problem, self.question, self.both, self.merged = "", "", {}, {}
        self.foreseen = None

    def overtaken(self, conflict: Conflict, typed: dict[str, Any]) -> None:
        """What the person did not touch becomes what is stored now; what both touched is shown twice."""
        for name, stored in conflict.theirs.items():
            if typed[name] == getattr(self.seen.mark, name):
                st.session_state[key(self.seen.id, name)] = stored
                self.merged[name] = stored
            else:
                self.both[name] = (typed[name], stored)
        mark = self.seen.mark.model_copy(update=conflict.theirs)
        self.seen = replace(self.seen, row_version=conflict.version, mark=mark)
        self.problem = str(conflict)


def labels() -> dict[str, str]:
    return {name: tr(words) for name, words in NAMES.items()}


def key(gap_id: int, name: str) -> str:
    return f"gap {gap_id} {name}"


def drafts() -> dict[int, Draft]:
    found: dict[int, Draft] = st.session_state.setdefault(_DRAFTS, {})
    return found


def draft_of(gap: OpenGap) -> Draft:
    """What this person has begun; anew for whoever comes back from another page, where nothing of it is left."""
    if not any(str(name).startswith(key(gap.id, "")) for name in st.session_state):
        drafts()[gap.id] = Draft(gap)
    return drafts().setdefault(gap.id, Draft(gap))


def chosen() -> int:
    """The gap that the address opens; 0 where it opens none."""
    number = st.query_params.get(OPEN, "")
    return int(number) if number.isdecimal() and number.isascii() and len(number) < 19 else 0


def told() -> dict[int, str]:
    """What was stored last, by the gap; told once."""
    said: dict[int, str] = st.session_state.pop(_TOLD, {})
    return said


def focus() -> tuple[str, int]:
    """What takes the focus after this run, and the count of such turns.

    A row that the address opened, not a click that a script heard, is a turn as well: a link from a reminder, or one
    that was followed before the script was there.
    """
    if _TURN not in st.session_state and (asked := chosen()):
        _turn(_first(asked))
    return st.session_state.get(_FOCUS, ""), st.session_state.get(_TURN, 0)


def open_row(gap_id: int) -> None:
    """Open a row; a number below zero closes the row that it is of."""
    if gap_id < 0:
        close_row(-gap_id)
        return
    st.query_params[OPEN] = str(gap_id)
    _turn(_first(gap_id))


def close_row(gap_id: int) -> None:
    """Nothing is changed, and what was typed is gone."""
    drafts().pop(gap_id, None)
    for name in [name for name in st.session_state if str(name).startswith(key(gap_id, ""))]:
        del st.session_state[name]
    st.query_params.pop(OPEN, None)
    _turn(f"#gap-{gap_id}, #told-{gap_id}")


def _turn(wanted: str) -> None:
    st.session_state[_FOCUS], st.session_state[_TURN] = wanted, st.session_state.get(_TURN, 0) + 1


def stored(gap_id: int, done: Done) -> None:
    """Say so beside the row, which takes the focus."""
    st.session_state[_TOLD] = {gap_id: f"{done.sentence}."}
    close_row(gap_id)


def typed(visit: PageContext, seen: OpenGap) -> dict[str, Any]:
    values = {name: st.session_state.get(key(seen.id, name)) for name in (*FIELDS, "reason")}
    given = {name: value if name == "due" else (value or "").strip() for name, value in values.items()}
    return given | {"owner": person_pick.meant(visit, given["owner"], seen.mark.owner)}


def store(visit: PageContext, gap_id: int, around: Around) -> None:
    """Store what was typed into the open row, or keep it there with what speaks against it."""
    draft = drafts()[gap_id]
    given = typed(visit, draft.seen)
    draft.forget()
    try:
        question = ask(draft.seen, given["due"], given["reason"], around)
        if question and draft.asked != given["due"]:
            draft.question, draft.asked = question, given["due"]
            _turn(_button(gap_id))
            return
        stored(gap_id, gaps.change(visit.store, visit.by, gap_id, seen=draft.seen.row_version, **given))
    except Conflict as exc:
        draft.overtaken(exc, given)
        _turn(_button(gap_id))
    except ReadinessError as exc:
        draft.problem = str(exc)
        _turn(_button(gap_id))


def switch(gap_id: int, mode: Mode) -> None:
    """Another form under the row."""
    draft = drafts()[gap_id]
    draft.forget()
    draft.mode = mode
    _turn(_first(gap_id, mode))


def _first(gap_id: int, mode: Mode = "change") -> str:
    """What a person does first in an open row, as CSS names it: other fields may be drawn before that one."""
    return f".st-key-editor_{gap_id} {_FIRST[mode]}, .st-key-gap-{gap_id}-offer-True button"


def foresee(visit: PageContext, gap_id: int) -> None:
    """Show what closing the gap with what was typed does to the verdict."""
    draft = drafts()[gap_id]
    draft.forget()
    try:
        draft.closing = _closing(draft)
        draft.foreseen = gaps.foresee(visit.store, visit.by, draft.closing, as_of=visit.as_of)
    except ReadinessError as exc:
        draft.problem = str(exc)
    _turn(_button(gap_id))


def close(visit: PageContext, gap_id: int) -> None:
    """Close the gap as it was foreseen; what was typed since is looked at first."""
    draft = drafts()[gap_id]
    if draft.closing is None or _closing(draft) != draft.closing:
        foresee(visit, gap_id)
        return
    closing = draft.closing
    _done(gap_id, lambda: gaps.close(visit.store, visit.by, closing))


def offer(visit: PageContext, gap_id: int) -> None:
    """Offer the gap to whom the form names."""
    to, note = (st.session_state.get(key(gap_id, name)) or "" for name in ("to", "note"))
    _done(gap_id, lambda: handovers.offer(visit.store, visit.by, gap_id, person_pick.meant(visit, to), note))


def answer(visit: PageContext, offered: Handover, *, accept: bool) -> None:
    """Say yes or no to an offer, or take it back."""
    _done(offered.gap_id, lambda: handovers.answer(visit.store, visit.by, offered.id, accept=accept))


def _done(gap_id: int, write: Callable[[], Done]) -> None:
    draft = drafts()[gap_id]
    draft.forget()
    try:
        stored(gap_id, write())
    except ReadinessError as exc:
        draft.problem = str(exc)
        _turn(_button(gap_id))


def _closing(draft: Draft) -> gaps.Closing:
    finding, evidence = (st.session_state.get(key(draft.seen.id, name)) or "" for name in ("finding", "evidence"))
    return gaps.Closing(draft.seen, finding, tuple(evidence.splitlines()))


def _button(gap_id: int) -> str:
    """The button that stores, as CSS names it: after a refusal the next try is one key away."""
    return f".st-key-gap-{gap_id}-store button"


def ask(seen: OpenGap, due: dt.date | None, reason: str, around: Around) -> str:
    """What is odd about a date that is possible; raises InputError for one that is not."""
    if due != seen.mark.due:
        due_dates.check_date(due, around)
        due_dates.check_move(seen.mark.due, due, reason)
    return due_dates.question(due, seen.mark.due, today=around.today, target=around.target)


def around(visit: PageContext, system: str) -> Around:
    """What the dates of a system's gaps are held against."""
    status = next((status for status in visit.everything if status.slug == system), None)
    return Around(visit.as_of, status.assessed_on if status else None, status.target_date if status else None)


def settled(name: str, fit: Mapping[Any, T], there: Mapping[Any, T], asked: object) -> list[T]:
    """The rows in the order in which this person first saw them, so that a save moves no row.

    What no longer fits (`fit`) and is still there stays until something else is asked; what is new comes where it
    belongs.
    """
    before, order = st.session_state.get(f"order of {name}", (None, []))
    numbers = list(fit)
    order = [row for row in order if row in there] if before == asked else numbers
    known = set(order)
    for at, row in enumerate(numbers):
        if row not in known:
            order.insert(order.index(numbers[at - 1]) + 1 if at else 0, row)
            known.add(row)
    st.session_state[f"order of {name}"] = (asked, order)
    return [there[row] for row in order]
