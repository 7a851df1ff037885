"""A week of the rollout: promised against measured, what to decide, and its review."""

from __future__ import annotations

import streamlit as st

from readiness import formatting, language
from readiness.access import allowed
from readiness.decision.weeks import RolloutWeek
from readiness.errors import InputError
from readiness.language import marked, tr
from readiness.model.dossier import Done
from readiness.model.weeks import OUTCOMES, TITLES
from readiness.review import glance, scorecard_words
from readiness.review import weeks as words
from readiness.review.glance import MetricLine
from readiness.review.review import Review
from readiness.review.weeks import WeekReport
from readiness.scorecard.display import Boards
from readiness.services import weeks

from . import figures_view, guard, person_pick, tables, widgets
from .guard import PageContext

WEEK = "rollout_week"
"""Of an address: which week of the rollout is seen."""


def chosen(visit: PageContext, review: Review) -> WeekReport | None:
    """The week that the address names, else the one that was measured last."""
    wanted = st.query_params.get(WEEK, "")
    if wanted.isdecimal() and any(week.number == int(wanted) for week in words.of(review)):
        return weeks.report(visit.by, review, int(wanted))
    return weeks.latest(visit.by, review)


def head(visit: PageContext, review: Review, told: WeekReport) -> None:
    """Which week, of those that have begun, and the way to keep its review."""
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    there = words.of(review)
    told_of = {week.number for week in (*words.recent(review), told.week)}
    names = {
        str(week.number): tr("Week {number}", number=week.number)
        + (_mark(review, week) if week.number in told_of else "")
        for week in there
    }

    def keep(number: str) -> None:
        st.query_params[WEEK] = number

    with left:
        if len(there) > 1:
            widgets.pick(tr("Week of the rollout"), names, str(told.week.number), keep)
    may = review.latest and allowed(visit.by, "week", review.slug)
    if may and right.button(tr("Review this week"), key="review_week", type="primary", width="stretch"):
        _review(visit, review, told)


def _mark(review: Review, week: RolloutWeek) -> str:
    return f" {tr(words.STATES[words.observed(review, week).state])}"


def show(review: Review, told: WeekReport) -> None:
    """Every metric first, then what to decide, then the metric that is worst off in depth, and what was watched."""
    seen = told.observed
    shown = _lines(review, told) if seen.measured else None
    if shown is None:
        widgets.empty(
            tr("Nothing was measured in this week."),
            tr("Drop results on Evidence in and say in which stage they were measured, or import them with --stage."),
        )
    decide, around = st.columns([3, 2], gap="large")
    with decide:
        _to_decide(review, told)
    with around:
        widgets.show(
            "week_points", lists=[(tr("Changed in this week"), told.changed), (tr("Due by next week"), told.due)]
        )
    if shown is not None:
        chosen, boards = shown
        _in_depth(boards, chosen)
    if seen.alerts:
        widgets.heading(tr("Alerts"), csv=tables.query("weekly-alerts", review))
        facts = {
            "states": {state: tr(told) for state, told in ALERTS.items()},
            "review": review,
            "told": lambda result: words.alert(result, review),
        }
        widgets.show("week_alerts", answers=seen.alerts, **facts)
    if seen.watch:
        widgets.heading(tr("Watch list"), csv=tables.query("weekly-watch", review))
        widgets.show("week_watch", items=words.watched(review, seen))


def _boards(review: Review, told: WeekReport, beside: str) -> Boards:
    """The figures that were measured, beside what is asked for."""
    seen = told.observed
    rows = seen.rows if beside == words.PROMISED else words.against_baseline(review, told.week)
    measured = {row.metric for row in seen.measured}
    return Boards([row for row in rows if row.metric in measured])


def _lines(review: Review, told: WeekReport) -> tuple[MetricLine, Boards]:
    """Every metric that was measured in a line; the one that the address names, or that is worst off."""
    seen, heading = told.observed, st.container()
    widgets.understood("against", [words.PROMISED, words.BASELINE])
    beside = st.segmented_control(
        tr("Against"),
        [words.PROMISED, words.BASELINE],
        default=words.PROMISED,
        format_func=tr,
        key="against",
        required=True,
        bind="query-params",
        label_visibility="collapsed",
    )
    with heading:
        widgets.heading(tr("Promised and measured"), words.measured(seen, beside), tables.query("weekly", review))
    boards = _boards(review, told, beside)
    found = glance.of(review, boards, seen.asked)
    worst = next((line for line in found if line.worst or line.reading == "worse"), found[0])
    named = st.query_params.get("metric", "")
    chosen = next((line for line in found if scorecard_words.metric_name(review, line.metric) == named), worst)
    asked_for = {WEEK: str(told.week.number)} | ({"against": beside} if beside != words.PROMISED else {})
    figures_view.lines(
        review, found, chosen.metric, (formatting.capital(tr(beside)), tr("Measured")), page="weeks", **asked_for
    )
    return chosen, boards


def _in_depth(boards: Boards, chosen: MetricLine) -> None:
    board = boards.lay_out(chosen.metric, chosen.stat)
    title = scorecard_words.differences(board, chosen.name, tr("Measured minus what stands beside it"))
    widgets.heading(title, scorecard_words.legend(board, chosen.metric))
    figures_view.differences(board, title)


ALERTS = {
    **scorecard_words.GATES,
    "pass": marked("✓ silent"),
    "fail": marked("✕ raised"),
    "inconclusive": marked("? not settled"),
}


def _to_decide(review: Review, told: WeekReport) -> None:
    widgets.heading(tr("To decide"))
    widgets.show("open_points", points=told.to_decide, review=review)
    if told.minutes:
        widgets.show("notes", notes=[words.minutes_told(told.minutes), *words.since(told)])


@widgets.dialog(marked("Weekly review"), width="large")
def _review(visit: PageContext, review: Review, told: WeekReport) -> None:
    seen, known = told.observed, person_pick.choices(visit)
    widgets.heading(words.sentence(review, seen))
    with st.form("weekly review", border=False):
        day, who = st.columns([1, 3])
        on = day.date_input(tr("Held on"), visit.as_of, format="YYYY-MM-DD")
        people = who.multiselect(
            tr("Who was there"),
            list(known),
            format_func=lambda name: known.get(name, name),
            accept_new_options=True,
            placeholder=tr("people, or names as they are typed"),
        )
        outcome = st.radio(tr("Outcome"), OUTCOMES, index=None, format_func=language.said(TITLES), horizontal=True)
        said = st.text_area(tr("Minutes"), placeholder=tr("what was seen, and what was decided"))
        items = [answer.item for answer in seen.watch]
        watched = {item: st.text_input(tr("Watched: {item}", item=item), words.said(told, item)) for item in items}
        if not st.form_submit_button(tr("Store the review"), type="primary"):
            return
    names = [person_pick.meant(visit, name) for name in people]
    held, number, day_seen = len(review.dossier.weeks), told.week.number, visit.as_of

    def store() -> Done:
        if outcome is None:
            raise InputError(tr("no outcome is chosen"), place=tr("outcome"), expected=" or ".join(OUTCOMES))
        return weeks.hold(
            visit.store,
            visit.by,
            review.slug,
            review.assessment_id,
            number,
            held_on=on,
            people=names,
            outcome=outcome,
            minutes=said,
            watched=watched,
            seen=held,
            as_of=day_seen,
        )

    guard.write(store)


def minutes(review: Review) -> None:
    """What was said of every week, the last first."""
    if review.dossier.weeks:
        widgets.heading(tr("Reviews"), csv=tables.query("weekly-reviews", review))
        widgets.show("week_minutes", reviews=review.dossier.weeks, titles=TITLES, states=words.STATES)
