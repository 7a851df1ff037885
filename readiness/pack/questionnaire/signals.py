"""An answer of the checklist as a fact: in words that a reader from outside cannot take the wrong way round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

AnswerWord = Literal["stated", "shown", "attested", "uncovered", "not shown", "contradicted", "not stated"]
"""How far an answer is borne out, in the words of the glossary of packs."""
_BORNE_OUT: tuple[AnswerWord, ...] = ("contradicted", "not shown", "uncovered", "attested", "shown")
_GAP, _PARTIAL, _NONE = "Yes", "Partial", "Not answered"


def read(rows: str, signal: str, data: Mapping[str, Any]) -> tuple[str, AnswerWord]:
    """Text and state; a gap is stated as one, and what nobody answered is not stated."""
    row = next((row for row in data.get(rows, ()) if row.get("id") == signal), None)
    if row is None or row["mark"] == _NONE:
        return "", "not stated"
    mark = str(row["mark"])
    if mark.startswith(_GAP):
        return f"Open gap{_due(str(row.get('due', '–')))}", "stated"
    behind = str(row.get("behind", "–"))
    state, words = _state(row, behind), _controlled(mark, str(row.get("holds_for", "")))
    if state in ("not shown", "contradicted"):
        words = f"Said to be {words[:1].lower()}{words[1:]}"
    return f"{words} ({behind})" if behind != "–" else words, state


def _due(told: str) -> str:
    """`, due 1 Dec 2026`, `, no due date`, or nothing where the audience is not told."""
    if told == "–":
        return ""
    return f", due {told}" if told[:1].isdigit() else f", {told}"


def _controlled(mark: str, holds_for: str) -> str:
    if mark.startswith(_PARTIAL):
        held = holds_for or mark.partition("holds for ")[2]
        return f"Controlled in part, for {held}; open for the rest" if held else "Controlled in part, open for the rest"
    return mark.removeprefix("No – ").capitalize()


def _state(row: Mapping[str, Any], behind: str) -> AnswerWord:
    """What bears it out, where the audience is told; anything else is no more than stated."""
    told = str(row.get("state", "")) or behind
    return next((state for state in _BORNE_OUT if told.startswith(state)), "stated")
