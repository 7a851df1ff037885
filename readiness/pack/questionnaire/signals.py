"""An answer of the checklist as a fact: in words that a reader from outside cannot take the wrong way round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from readiness.language import marked, tr
from readiness.pack.sections.answers import HOLDS_FOR
from readiness.review.summaries import MARKS

AnswerWord = Literal["stated", "shown", "attested", "uncovered", "not shown", "contradicted", "not stated"]
"""How far an answer is borne out, in the words of the glossary of packs."""
WORDS: tuple[AnswerWord, ...] = (
    marked("stated"),
    marked("shown"),
    marked("attested"),
    marked("uncovered"),
    marked("not shown"),
    marked("contradicted"),
    marked("not stated"),
)
_BORNE_OUT: tuple[AnswerWord, ...] = ("contradicted", "not shown", "uncovered", "attested", "shown")


def read(rows: str, signal: str, data: Mapping[str, Any]) -> tuple[str, AnswerWord]:
    """Text and state; a gap is stated as one, and what nobody answered is not stated."""
    row = next((row for row in data.get(rows, ()) if row.get("id") == signal), None)
    if row is None or row["mark"] == tr(MARKS[None]):
        return "", "not stated"
    mark = str(row["mark"])
    if mark.startswith(tr(MARKS["yes"])):
        return f"{tr('Open gap')}{_due(str(row.get('due', '–')))}", "stated"
    behind = str(row.get("behind", "–"))
    state, words = _state(row, behind), _controlled(mark, str(row.get("holds_for", "")))
    if state in ("not shown", "contradicted"):
        words = tr("Said to be {words}", words=f"{words[:1].lower()}{words[1:]}")
    return f"{words} ({behind})" if behind != "–" else words, state


def _due(told: str) -> str:
    """`, due 1 Dec 2026`, `, no due date`, or nothing where the audience is not told."""
    if told == "–":
        return ""
    return tr(", due {day}", day=told) if told[:1].isdigit() else f", {told}"


def _controlled(mark: str, holds_for: str) -> str:
    if mark.startswith(tr(MARKS["partial"])):
        held = holds_for or mark.partition(tr(HOLDS_FOR, whom=""))[2]
        return (
            tr("Controlled in part, for {held}; open for the rest", held=held)
            if held
            else tr("Controlled in part, open for the rest")
        )
    return (mark.partition(" – ")[2] or mark).capitalize()


def _state(row: Mapping[str, Any], behind: str) -> AnswerWord:
    """What bears it out, where the audience is told; anything else is no more than stated."""
    told = str(row.get("state", "")) or behind
    return next((state for state in _BORNE_OUT if told.startswith(tr(state))), "stated")
