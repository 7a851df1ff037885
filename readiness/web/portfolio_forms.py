"""The one list of systems: how it is looked at, what narrows it, and how it leaves; all of it stands in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from readiness.access import allowed
from readiness.kept import spoken
from readiness.language import marked, tr
from readiness.model import checklist as checklists
from readiness.portfolio import listing, since, timeline
from readiness.portfolio.listing import SystemGroup
from readiness.portfolio.status import SystemStatus
from readiness.portfolio.triage import PendingDecision
from readiness.review import level_words

from . import system_forms, tables, widgets
from .guard import PageContext

VIEWS = (marked("list"), marked("timeline"), marked("board"))


def bar(visit: PageContext) -> tuple[str, bool]:
    """Which view is asked for, and whether of what needs a decision alone."""
    left, middle, files, button = st.columns([4, 4, 3, 2], vertical_alignment="center")
    widgets.understood("view", VIEWS)
    view = left.segmented_control(
        tr("View"),
        VIEWS,
        default=VIEWS[0],
        format_func=tr,
        key="view",
        required=True,
        bind="query-params",
        label_visibility="collapsed",
    )
    only = middle.toggle(tr("Needs a decision only"), key="week", bind="query-params")
    with files:
        widgets.csv({tr("Systems"): tables.query("portfolio"), tr("Decisions"): tables.query("decisions")})
    system_forms.new(visit, button)
    return view, only


def narrowed(visit: PageContext, pressing: Sequence[PendingDecision], *, only: bool) -> tuple[str, list[SystemStatus]]:
    """The order that is asked for, and the systems that fit in it; `only` those that are pressing."""
    with st.container(key="filters"):
        find, verdict, owned, sort = st.columns([4, 3, 3, 3])
    text = find.text_input(
        tr("Find"),
        key="find",
        type="search",
        live=True,
        placeholder=tr("name, version, owner"),
        bind="query-params",
        label_visibility="collapsed",
    )
    levels = [level for level, _ in visit.levels]
    widgets.understood("level", {level: level_words.SHAPES[level][1] for level in levels})
    level = verdict.selectbox(
        tr("Verdict"),
        levels,
        index=None,
        format_func=lambda option: tr(level_words.SHAPES[option][1]),
        placeholder=tr("every verdict"),
        key="level",
        bind="query-params",
        label_visibility="collapsed",
    )
    owners = visit.kept.once("owners", lambda: sorted({system.owner for system in visit.everything if system.owner}))
    owner = owned.selectbox(
        tr("Owner"),
        owners,
        index=None,
        placeholder=tr("every owner"),
        key="owner",
        bind="query-params",
        label_visibility="collapsed",
    )
    widgets.understood("sort", list(listing.ORDERS))
    order = sort.selectbox(
        tr("Sort by"),
        list(listing.ORDERS),
        format_func=tr,
        key="sort",
        bind="query-params",
        label_visibility="collapsed",
    )

    def fitting() -> list[SystemStatus]:
        asked = [decision.standing for decision in pressing] if only else visit.everything
        return listing.in_order(listing.select(asked, level=level, owner=owner, text=text or ""), order, pressing)

    first = tuple(decision.standing.slug for decision in pressing)
    return order, visit.kept.lately((order, level, owner, text, only, first), fitting)


def show(visit: PageContext, view: str, groups: Sequence[SystemGroup], names: Mapping[str, str]) -> None:
    """The systems in the view that is asked for; `names` by their slugs."""
    slugs = [row.status.slug for group in groups for row in group.rows]
    slides = view == "board" and any(allowed(visit.by, "pack", slug) for slug in slugs)
    st.html(_drawn(view, tuple(groups), tuple((slug, names[slug]) for slug in slugs), slides=slides))


@spoken(64)
def _drawn(view: str, groups: tuple[SystemGroup, ...], names: tuple[tuple[str, str], ...], *, slides: bool) -> str:
    """Kept, since a rerun shows the same systems far more often than others."""
    shown = [row.status for group in groups for row in group.rows]
    facts = {"groups": groups, "names": dict(names), "since": since}
    if view == "timeline":
        spans = {one.slug: timeline.spans(one) for one in shown}
        return widgets.rendered("timeline", facts | {"window": timeline.window(shown), "spans": spans})
    if view == "board":
        return widgets.rendered("board", facts | {"slides": slides})
    highest = max((point.score for one in shown for point in one.trend), default=0) or 1
    lists = {one.checklist: checklists.named(one.checklist) for one in shown}
    return widgets.rendered("portfolio", facts | {"checklists": lists, "highest": highest})
