"""Gaps, and all else that waits for a person, as rows of one table; under the one that is open stands its form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from readiness.language import tr
from readiness.portfolio.work import WorkItem
from readiness.review import summaries
from readiness.review.items import OpenGap
from readiness.services import gaps as gaps_service

from . import charts, gap_edits, gap_forms, gap_many, linked, note_forms, pictures, reads, widgets
from .guard import PageContext
from .reads import GapView


def picture(visit: PageContext, view: GapView, names: Mapping[str, str]) -> None:
    """The due dates of all gaps that are asked for, whichever page of them is shown."""
    if not any(gap.mark.due for gap in view.gaps):
        return
    widgets.heading(
        tr("Due dates"),
        tr("◆ overdue, ● open, ▲ after the rollout, ❙ the planned rollout; ○ and a trail show where a date was moved.")
        + view.kept.once("undated", lambda: summaries.undated(view.gaps)),
    )
    targets = {status.slug: status.target_date for status in visit.everything if status.target_date}
    with st.container(height=view.kept.once("room", lambda: charts.room(view.gaps)), border=False):
        pictures.show(
            lambda theme: charts.due_dates(view.gaps, names, targets, visit.as_of, theme),
            tr("Due dates of the gaps on a line; the list below says the same"),
            of=view.kept,
            asked="dates",
        )


def rows(
    visit: PageContext,
    gaps: Sequence[OpenGap],
    every: Mapping[int, OpenGap],
    names: Mapping[str, str],
    *,
    picking: bool = False,
) -> None:
    """Some of all gaps as a table; `picking` lets one tick several instead of opening one."""
    chosen = 0 if picking else gap_edits.chosen()
    shown = _with_open(gaps, every, chosen)
    offers = reads.offers(visit.by)
    own = {number for number, offer in offers.items() if visit.by.is_named(offer.offered_to)}
    movable = {gap.id for gap in shown if gaps_service.movable(visit.by, gap)}
    if picking:
        gap_many.panel(visit, [gap for gap in shown if gap.id in movable], names)
    facts = {"names": names, "picking": picking, "movable": movable | (set() if picking else own), "offers": offers}
    _table(visit, "gap_rows", "gaps", {gap.id: gap for gap in shown}, shown, chosen, facts, picking=picking)


def work(visit: PageContext, items: Sequence[WorkItem], names: Mapping[str, str]) -> None:
    """What waits for a person, as a table; a save moves no row here either."""
    known = {_key(item): item for item in items}
    items = gap_edits.settled("work", known, known, visit.by.name)
    chosen = gap_edits.chosen()
    gaps = {item.gap.id: item.gap for item in items if item.gap}
    if not items:
        widgets.empty(
            tr("Nothing is yours to do."), tr("Gaps that you own, what is offered to you and what you sign off.")
        )
    _table(visit, "work", "items", gaps, items, chosen, {"names": names})


def _key(item: WorkItem) -> object:
    return item.gap.id if item.gap else (item.kind, item.system, item.title)


def _table(
    visit: PageContext,
    template: str,
    noun: str,
    gaps: Mapping[int, OpenGap],
    shown: Sequence[Any],
    chosen: int,
    facts: Mapping[str, Any],
    *,
    picking: bool = False,
) -> None:
    """The rows up to the one that is open, its form, and the others: three places, whatever others add or take away."""
    at = 1 + next((at for at, row in enumerate(shown) if _number(row) == chosen), len(shown) - 1)
    told = gap_edits.told()
    targets = visit.kept.once("targets", lambda: {status.slug: status.target_date for status in visit.everything})
    facts = {**facts, "targets": targets, "chosen": chosen, "notes": told, "address": _address(gap_edits.OPEN)}
    facts["talks"] = note_forms.of_gaps(visit, gaps.values(), _address(note_forms.ASKED, "system"))
    with st.container(gap=None):
        widgets.show("told", notes={number: said for number, said in told.items() if number not in gaps})
        if shown:
            widgets.show(template, follows=False, **{noun: shown[:at]}, **facts)
        with st.container(key=f"editor_{chosen}" if chosen in gaps else None, gap=None):
            if chosen in gaps:
                gap_forms.editor(visit, gaps[chosen])
        if shown[at:]:
            widgets.show(template, follows=True, **{noun: shown[at:]}, **facts)
        wanted, turn = gap_edits.focus()
        picked = list(gap_many.several().picked) if picking else []
        linked.links(focus=wanted, turn=turn, picked=picked, opened=gap_edits.open_row, ticked=gap_many.ticked)


def _number(row: OpenGap | WorkItem) -> int:
    gap = row.gap if isinstance(row, WorkItem) else row
    return gap.id if gap else 0


def _with_open(gaps: Sequence[OpenGap], every: Mapping[int, OpenGap], chosen: int) -> list[OpenGap]:
    """The open row is there although it is on another page, or somebody closed the gap meanwhile."""
    if any(gap.id == chosen for gap in gaps):
        return list(gaps)
    draft = gap_edits.drafts().get(chosen)
    there = every.get(chosen) or (draft.seen if draft else None)
    return [there, *gaps] if there else list(gaps)


def _address(*without: str) -> str:
    kept = {name: value for name, value in st.query_params.items() if name not in without}
    return f"?{urlencode(kept)}&" if kept else "?"
