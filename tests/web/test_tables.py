"""Every table of every page leaves as CSV."""

from __future__ import annotations

from readiness import paths

NOT_STORED = {"preview", "sheet_preview", "recognised", "reminders", "theirs", "both"}
"""What is shown before it is stored, or instead of it."""
LEAVES_AS = {
    "accounts": "people",
    "alerts": "alerts",
    "budgets": "budgets",
    "card": "card, components, red-team and incidents",
    "cells": "figures",
    "changes": "changes",
    "events": "activity",
    "failures": "failures and unscored",
    "file": "files",
    "gap_rows": "the sheet of gaps",
    "gates": "gates",
    "lifts": "gaps",
    "moves": "activity",
    "packs_sent": "packs-sent",
    "people": "owners",
    "portfolio": "portfolio",
    "questionnaire": "the filled questionnaire",
    "revisions": "revisions",
    "rights": "rights",
    "sign_off": "sign-offs",
    "signal": "the sheet of answers, and answers",
    "span": "spans",
    "stages": "stage-times",
    "tokens": "tokens",
    "trust": "due-dates",
    "versions": "versions",
    "week": "decisions",
    "work": "work",
}


def test_every_template_with_a_table_says_as_what_it_leaves() -> None:
    templates = (paths.TEMPLATES / "web").glob("*.html.j2")
    with_table = {path.name.removesuffix(".html.j2") for path in templates if "<table" in path.read_text("utf-8")}
    assert with_table == LEAVES_AS.keys() | (NOT_STORED & with_table)
