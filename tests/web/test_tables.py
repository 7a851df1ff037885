"""Every table of every page leaves as CSV."""

from __future__ import annotations

from readiness import paths

NOT_STORED = {"effect_rows", "preview", "sheet_preview", "recognised", "reminders", "theirs", "both"}
"""What is shown before it is stored, or instead of it."""
LEAVES_AS = {
    "accounts": "people",
    "alerts": "alerts",
    "budgets": "budgets",
    "card": "card, components, red-team and incidents",
    "cells": "figures",
    "changes": "changes",
    "condition": "conditions",
    "decision": "risks",
    "decisions": "decided",
    "events": "activity",
    "failures": "failures and unscored",
    "file": "files",
    "forecast": "forecast",
    "gap_rows": "the sheet of gaps",
    "gates": "gates",
    "incident": "reported-incidents",
    "lifts": "gaps",
    "glance": "metrics",
    "heat": "figures",
    "hindsight": "hindsight",
    "hindsight_releases": "releases",
    "hindsight_rules": "hindsight-rules",
    "hindsight_signals": "hindsight-signals",
    "metric_history": "metric-history",
    "metric_pairs": "comparison",
    "moves": "activity",
    "packs_sent": "packs-sent",
    "people": "owners",
    "portfolio": "portfolio",
    "questionnaire": "the filled questionnaire",
    "revisions": "revisions",
    "rights": "rights",
    "sides": "comparison",
    "signal_history": "signal-history",
    "signal_pairs": "comparison",
    "sign_off": "sign-offs",
    "span": "spans",
    "steps": "stage-steps",
    "stages": "stage-times",
    "tokens": "tokens",
    "trust": "due-dates",
    "versions": "versions",
    "week_alerts": "weekly-alerts",
    "week_minutes": "weekly-reviews",
    "week_watch": "weekly-watch",
    "board": "portfolio and decisions",
    "timeline": "portfolio",
    "work": "work",
}


def test_every_template_with_a_table_says_as_what_it_leaves() -> None:
    templates = (paths.TEMPLATES / "web").glob("*.html.j2")
    with_table = {path.name.removesuffix(".html.j2") for path in templates if "<table" in path.read_text("utf-8")}
    assert with_table == LEAVES_AS.keys() | (NOT_STORED & with_table)
