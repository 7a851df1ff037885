"""Whom a text names, and for whom a note waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest

from readiness import names
from readiness.access import Principal
from readiness.errors import InputError
from readiness.model.notes import Note, NoteReply, NoteSubject, StoredNote, StoredReply, mentioned, pieces
from tests.factories import TODAY

Replies = Sequence[tuple[str, list[str]]]

PEOPLE = {names.key(name): who for name, who in (("Rosa", "rosa@example.com"), ("Rosa Klein", "klein@example.com"))}
PEOPLE |= {who: who for who in ("rosa@example.com", "klein@example.com", "omar")}
NOON = dt.datetime.combine(TODAY, dt.time(12), dt.UTC)
ROSA, OMAR = Principal.of("rosa@example.com"), Principal.of("omar")


def note(
    kind: str = "question",
    *,
    by: str = "dana",
    to: str = "omar",
    closed_by: str = "",
    replies: Replies = (),
    **fields: Any,
) -> StoredNote:
    record = Note.checked(kind=kind, about="signal", key="capacity", text="Why?", to=to, **fields)
    answers = [
        StoredReply(number, NoteReply.checked(text="So.", mentions=mentions), who, NOON, withdrawn=False)
        for number, (who, mentions) in enumerate(replies)
    ]
    return StoredNote(1, "desk", record, by, NOON, closed_by, withdrawn=False, replies=answers)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("@rosa, can you?", ["rosa@example.com"]),
        ("(@Rosa  Klein) and @omar.", ["klein@example.com", "omar"]),
        ("@ROSA@example.com! @rosa", ["rosa@example.com"]),
        ("@rosa klein", ["klein@example.com"]),
        ("write to rosa@example.com", []),
        ("@nobody @ rosa, @rosalind and x@rosa", []),
        ("@@omar", ["omar"]),
        ("@" * 20_000, []),
    ],
)
def test_a_text_names_whom_it_calls_by_a_known_name(text: str, who: list[str]) -> None:
    assert mentioned(text, PEOPLE) == who


def test_the_parts_of_a_text_are_the_text() -> None:
    text = "  @rosa <b>@omar</b> @nobody\n@rosa klein. "
    assert "".join(part for part, _ in pieces(text, PEOPLE)) == text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"kind": "comment", "text": "  "}, "the text is empty"),
        ({"kind": "request", "text": "Bring it", "to": "omar"}, "who brings the evidence by when"),
        ({"kind": "request", "text": "Bring it", "due": TODAY}, "who brings the evidence by when"),
        ({"kind": "comment", "text": "Hm", "to": "omar"}, "a comment asks nobody"),
        ({"kind": "comment", "text": "x" * 20_001}, "20000|20,000"),
        ({"kind": "praise", "text": "Good"}, "kind"),
    ],
)
def test_a_note_that_is_not_whole_is_refused(fields: dict[str, object], why: str) -> None:
    with pytest.raises(InputError, match=why):
        Note.checked(about="signal", key="capacity", **fields)


def test_an_empty_answer_is_refused() -> None:
    with pytest.raises(InputError, match="the answer is empty"):
        NoteReply.checked(text=" ")


def test_a_question_waits_for_whom_it_asks_until_anybody_answers() -> None:
    assert note().waits_for(OMAR)
    assert not note().waits_for(ROSA)
    assert not note(replies=[("rosa@example.com", [])]).waits_for(OMAR)
    assert not note(closed_by="dana").waits_for(OMAR)
    assert note().is_open
    assert not note("comment", to="").is_open
    assert not note(replies=[("dana", [])]).is_open


def test_whoever_is_named_is_waited_for_until_they_answer_themselves() -> None:
    named: dict[str, Any] = {"kind": "comment", "to": "", "mentions": ["Rosa@example.com"]}
    assert note(**named).waits_for(ROSA)
    assert note(**named, replies=[("omar", [])]).waits_for(ROSA)
    assert not note(**named, replies=[("rosa@example.com", [])]).waits_for(ROSA)
    again: Replies = [("rosa@example.com", []), ("omar", ["rosa@example.com"])]
    assert note(**named, replies=again).waits_for(ROSA)
    assert not note(**named, by="rosa@example.com").waits_for(ROSA)


def test_a_question_is_late_after_its_day_only() -> None:
    assert not note(due=TODAY).is_late(TODAY)
    assert note(due=TODAY).is_late(TODAY + dt.timedelta(days=1))


def test_a_gap_is_talked_about_with_its_signal() -> None:
    assert NoteSubject("gap", "capacity").thread == NoteSubject("signal", "capacity").thread
    assert NoteSubject("trace", "capacity").thread != NoteSubject("gate", "capacity").thread
