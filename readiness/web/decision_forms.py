"""The meeting: what speaks for and against, what would be if, what is decided, and what became of its conditions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from readiness import language
from readiness.access import allowed
from readiness.errors import InputError
from readiness.language import marked, tr
from readiness.model.checklist import ALLOWED
from readiness.model.decisions import GOES_ON, OUTCOMES, TITLES, StoredCondition, StoredDecision
from readiness.model.dossier import Done
from readiness.review import decided, open_points, signoff, summaries, why
from readiness.review.review import Review
from readiness.services import decisions

from . import forecast_view, guard, person_pick, pictures, tables, what_if_forms, widgets
from .guard import PageContext


def in_force(visit: PageContext, review: Review) -> None:
    """The decision that stands, with its conditions, risks and voices against."""
    now = decided.standing(review)
    if now.last is None:
        return
    widgets.show("decision", now=now, since=decided.since(review), review=review, titles=TITLES)
    if not now.last.conditions:
        return
    widgets.heading(tr("Conditions"), csv=tables.query("conditions", review))
    with st.container(gap=None):
        for condition in now.last.conditions:
            _condition(visit, review, condition)


def _condition(visit: PageContext, review: Review, condition: StoredCondition) -> None:
    text, button = st.columns([9, 1], vertical_alignment="center")
    with text:
        widgets.show("condition", condition=condition, late=condition.is_late(visit.as_of))
    if not decisions.may_meet(visit.by, review.slug, condition.record.owner):
        return
    label = tr("Met") if condition.met_on is None else tr("Reopen")
    if button.button(label, key=f"condition_{condition.id}", width="stretch"):
        _say_of_condition(visit, condition)


@widgets.dialog(marked("Condition"))
def _say_of_condition(visit: PageContext, condition: StoredCondition) -> None:
    """Dialogs keep what they were opened with, so that a row that changed since is told."""
    widgets.show("condition", condition=condition, late=condition.is_late(visit.as_of))
    with st.form("condition", border=False):
        if condition.met_on is None:
            on = st.date_input(tr("Met on"), visit.as_of, format="YYYY-MM-DD")
            note = st.text_area(tr("What shows it"), placeholder=tr("what was done, or where it is seen"))
        else:
            note = st.text_area(tr("Why it is open again"))
        if not st.form_submit_button(tr("Store"), type="primary"):
            return
    seen = condition.row_version
    if condition.met_on is None:
        guard.write(lambda: decisions.meet(visit.store, visit.by, condition.id, seen=seen, on=on, note=note))
    else:
        guard.write(lambda: decisions.reopen(visit.store, visit.by, condition.id, seen=seen, reason=note))


def parts(visit: PageContext, review: Review) -> dict[str, Callable[[], None]]:
    """What stands side by side below what is decided."""
    shown: dict[str, Callable[[], None]] = {
        marked("The case"): partial(_case, visit, review),
        marked("What if"): partial(what_if_forms.show, visit, review),
    }
    if review.latest and allowed(visit.by, "decide", review.slug):
        shown[marked("Decide")] = partial(_decide, visit, review)
    if earlier := decided.earlier(review):
        shown[marked("Earlier decisions")] = partial(_earlier, review, earlier)
    return shown


def _earlier(review: Review, decisions: list[StoredDecision]) -> None:
    widgets.heading(marked("Earlier decisions"), csv=tables.query("decided", review))
    widgets.show("decisions", decisions=decisions, titles=TITLES)


def _case(visit: PageContext, review: Review) -> None:
    pictures.score(review)
    forecast_view.case(visit, review)
    against, open_ = st.columns([3, 2], gap="large")
    with against:
        widgets.heading(tr("What speaks against it"))
        band = review.verdict.band
        widgets.show("why", whys=why.of(review), review=review, headline=tr(band.headline) if band else "")
    with open_:
        widgets.heading(tr("Open questions"))
        widgets.show("open_points", points=open_points.of(review), review=review)
        widgets.heading(tr("Who must agree"))
        widgets.show("must_agree", statuses=signoff.statuses(review), states=signoff.STATES, review=review)


def _decide(visit: PageContext, review: Review) -> None:
    """Without a form, so that rows can be added; what is typed stays while one looks at another part."""
    seen = _seen_at_first(review)
    widgets.show("deciding", review=review, digest=signoff.digest(seen), headline=summaries.headline(review))
    outcome = st.radio(
        tr("Decision"), OUTCOMES, index=None, format_func=language.said(TITLES), horizontal=True, key="decide outcome"
    )
    day, who = st.columns([1, 3])
    on = day.date_input(tr("Decided on"), visit.as_of, format="YYYY-MM-DD", key="decide on")
    known = person_pick.choices(visit)
    names = who.multiselect(
        tr("Who decided"),
        list(known),
        format_func=lambda name: known.get(name, name),
        accept_new_options=True,
        key="decide people",
        placeholder=tr("people, or names as they are typed"),
    )
    reasons = st.text_area(tr("Reasons"), key="decide reasons", placeholder=tr("why this, with what is known today"))
    goes_on = outcome in GOES_ON
    against = goes_on and review.verdict.level not in ALLOWED
    bound = outcome in ("conditional", "hold")
    conditions = (
        _listed(marked("condition"), partial(_ask_condition, visit), first=outcome == "conditional") if bound else []
    )
    if against:
        widgets.show("notice", kind="question", text=tr(_AGAINST))
    risks = _listed(marked("accepted risk"), partial(_ask_risk, visit), first=against) if goes_on else []
    dissent = _listed(marked("voice against"), partial(_ask_dissent, visit))
    if st.button(tr("Store the decision"), type="primary", key="decide store"):
        people = [person_pick.meant(visit, name) for name in names]
        typed: dict[str, Any] = {"outcome": outcome, "decided_on": on, "people": people, "reasons": reasons}
        typed |= {"conditions": conditions, "risks": risks, "dissent": dissent}
        guard.write(lambda: _store(visit, review, seen, typed))


_AGAINST = marked("The verdict does not allow it: a go says which risk is accepted, why, by whom and until when.")


def _seen_at_first(review: Review) -> Mapping[str, str]:
    """What this person saw when they began: what is stored meanwhile makes them look again, and begin anew."""
    key = f"decide seen {review.slug} {review.assessment_id}"
    seen: Mapping[str, str] = st.session_state.setdefault(key, signoff.seen(review))
    if dict(seen) == signoff.seen(review):
        return seen
    changed = "; ".join(signoff.changed(review, seen))
    widgets.show("notice", kind="question", text=tr("Changed since you began: {changed}.", changed=changed))
    if st.button(tr("I have looked at it"), key="decide looked"):
        st.session_state[key] = signoff.seen(review)
        st.rerun()
    return seen


def _store(visit: PageContext, review: Review, seen: Mapping[str, str], typed: Mapping[str, Any]) -> Done:
    if typed["outcome"] is None:
        raise InputError(
            tr("nothing is decided yet"), place="decision", expected=tr("go, go with conditions, hold or no-go")
        )
    number, day = review.assessment_id, visit.as_of
    done = decisions.decide(visit.store, visit.by, review.slug, number, seen=seen, as_of=day, **typed)
    for key in [key for key in st.session_state if str(key).startswith("decide ")]:
        del st.session_state[key]
    return done


def _listed(what: str, ask: Callable[[int], dict[str, Any]], *, first: bool = False) -> list[dict[str, Any]]:
    """As many rows as somebody asks for, or the `first` at least; one that is empty is none."""
    rows = f"decide {what} rows"
    st.session_state[rows] = max(st.session_state.get(rows, 0), int(first))
    typed = [ask(at) for at in range(st.session_state[rows])]
    st.button(
        tr("Add: {what}", what=tr(what)),
        type="tertiary",
        icon=":material/add:",
        key=f"add {what}",
        on_click=_more,
        args=(rows,),
    )
    return [row for row in typed if any(row.values())]


def _more(rows: str) -> None:
    st.session_state[rows] += 1


def _ask_condition(visit: PageContext, at: int) -> dict[str, Any]:
    what, who, when = st.columns([5, 3, 2])
    return {
        "what": what.text_input(tr("Condition"), key=f"decide condition {at}", placeholder=tr("what must be done")),
        "owner": _who(visit, who, tr("Owner"), f"decide condition owner {at}"),
        "due": _day(when, tr("Due"), f"decide condition due {at}"),
    }


def _ask_risk(visit: PageContext, at: int) -> dict[str, Any]:
    what, reason = st.columns(2)
    who, when = st.columns([3, 2])
    return {
        "what": what.text_input(tr("Accepted risk"), key=f"decide risk {at}", placeholder=tr("what may happen")),
        "reason": reason.text_input(tr("Why it is accepted"), key=f"decide risk reason {at}"),
        "approver": _who(visit, who, tr("Accepted by"), f"decide risk approver {at}"),
        "expires": _day(when, tr("Until"), f"decide risk until {at}"),
    }


def _ask_dissent(visit: PageContext, at: int) -> dict[str, Any]:
    who, reason = st.columns([2, 5])
    return {
        "by": _who(visit, who, tr("Who"), f"decide dissent {at}"),
        "why": reason.text_input(tr("Would have decided otherwise because"), key=f"decide dissent why {at}"),
    }


def _who(visit: PageContext, place: DeltaGenerator, label: str, key: str) -> str:
    person_pick.box(visit, place, label, key=key)
    return person_pick.meant(visit, st.session_state.get(key))


def _day(place: DeltaGenerator, label: str, key: str) -> dt.date | None:
    return place.date_input(label, None, format="YYYY-MM-DD", key=key)
