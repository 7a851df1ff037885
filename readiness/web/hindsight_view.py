"""Were we right? How often releases went well, what became of each, and which signals and rules told it before."""

from __future__ import annotations

import streamlit as st

from readiness import formatting
from readiness.decision.hindsight import Hindsight
from readiness.errors import ReadinessError
from readiness.language import tr, trn
from readiness.review import hindsight_words

from . import charts, guard, standings, tables, widgets
from .guard import PageContext


def seen(visit: PageContext) -> tuple[Hindsight, int]:
    """What became of releases, and how many of their verdicts are not there yet."""
    try:
        return standings.hindsight(visit.by, visit.as_of)
    except ReadinessError as exc:
        guard.refuse(exc)


@st.fragment(run_every=guard.AGAIN)
def working_out(visit: PageContext) -> None:
    """How far the verdicts of the past are; the page is shown anew when they are there."""
    told, behind = seen(visit)
    if not behind:
        st.rerun()
    all_ = len(told.releases)
    st.progress(
        (all_ - behind) / all_,
        text=trn(
            "{done} of {n} verdict of the past worked out; the figures follow.",
            "{done} of {n} verdicts of the past worked out; the figures follow.",
            all_,
            done=formatting.whole(all_ - behind),
        ),
    )


def figures(told: Hindsight) -> None:
    """How often each verdict, and each way of deciding, went well."""
    counted = [*told.levels, *told.decisions]
    widgets.heading(tr("How often it went well"), tr("Dot: share. Line: 95 % interval."), csv=tables.query("hindsight"))
    st.vega_lite_chart(
        spec=charts.went_well(counted, st.context.theme.type), width="stretch", alt=hindsight_words.picture(told)
    )
    widgets.show("hindsight", counted=counted, words=hindsight_words)


def releases(told: Hindsight) -> None:
    widgets.heading(tr("What became of each"), hindsight_words.few(told), csv=tables.query("releases"))
    widgets.show("hindsight_releases", releases=widgets.page(told.releases, "release"), words=hindsight_words)


def signals(told: Hindsight) -> None:
    """Those that foretold trouble; all that were looked at stay folded."""
    csv = tables.query("hindsight-signals") if told.signals else ""
    widgets.heading(tr("Signals that foretold trouble"), hindsight_words.foretold(told.signals), csv=csv)
    widgets.show("hindsight_signals", signals=told.signals, words=hindsight_words)


def rules(told: Hindsight) -> None:
    if told.rules:
        widgets.heading(tr("Rules that never mattered"), csv=tables.query("hindsight-rules"))
        widgets.show("hindsight_rules", rules=told.rules, words=hindsight_words)
