"""Talking about the evidence from the command line."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from readiness import clock
from tests.cli.conftest import Run

IN_A_WEEK = (clock.today() + dt.timedelta(days=7)).isoformat()


def test_evidence_is_asked_for_answered_and_closed(portfolio: Path, run: Run) -> None:
    assert run("notes", "claims-intake").out == "Nothing was said about claims-intake yet.\n"
    asked = run("note", "add", "claims-intake", "signal:capacity", "The load test", "--to", "omar", "--due", IN_A_WEEK)
    assert asked.out.startswith("Asked omar for evidence on the signal capacity by ")
    assert run("note", "add", "claims-intake", "gap:capacity", "Why?", "--ask").out == (
        "Asked a question about the gap capacity.\n"
    )
    assert run("note", "add", "claims-intake", "signal:capacity", "Seen").out == "Commented on the signal capacity.\n"
    where = "https://example.com/load"
    assert run("note", "answer", "claims-intake", "1", "--reference", where).out == (
        "Answered a request on the signal capacity.\n"
    )
    told = run("notes", "claims-intake", "--json").json
    assert [(one["kind"], one["to"], one["due"], one["open"]) for one in told] == [
        ("request", "omar", IN_A_WEEK, False),
        ("question", "", None, True),
        ("comment", "", None, False),
    ]
    assert told[0]["answers"][0]["references"] == [where]
    assert [line.strip()[:1] for line in run("notes", "claims-intake", "--open").out.splitlines()] == ["2", "W"]
    assert run("note", "close", "claims-intake", "2").out == "Closed a question on the gap capacity.\n"
    assert run("note", "withdraw", "claims-intake", "3").out == "Withdrew a comment on the signal capacity.\n"
    assert run("notes", "claims-intake", "--open").out == "Nothing is open on claims-intake.\n"
    assert "Withdrawn by whoever wrote it." in run("notes", "claims-intake").out


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("add", "claims-intake", "capacity", "x"), "ABOUT: 'capacity' names nothing to speak of"),
        (("add", "claims-intake", "signal:x", "x"), "claims-intake has no signal 'x'"),
        (("add", "claims-intake", "signal:capacity", " "), "the text is empty"),
        (("add", "claims-intake", "signal:capacity", "x", "--due", IN_A_WEEK), "who brings the evidence by when"),
        (("add", "claims-intake", "signal:capacity", "x", "--to", "o", "--due", "soon"), "--due"),
        (("answer", "claims-intake", "9", "x"), "claims-intake has no note 9"),
        (("close", "nowhere", "9"), "nowhere has no note 9"),
    ],
)
def test_what_cannot_be_said_is_told_in_one_sentence(
    portfolio: Path, run: Run, arguments: tuple[str, ...], why: str
) -> None:
    refused = run("note", *arguments)
    assert refused.status == 2
    assert why in refused.err
    assert run("notes", "claims-intake", "--json").json == []
