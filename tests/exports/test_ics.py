from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from readiness.exports import ics
from readiness.model.assessment import AssessmentFile, Mark
from readiness.review.items import Gap
from readiness.services import reviews
from readiness.store import open_store
from tests import factories, files
from tests.factories import SLUG, TODAY

NOON = dt.datetime(2026, 11, 20, 12, 0, 5, tzinfo=dt.UTC)


@pytest.fixture
def gaps(tmp_path: Path) -> list[Gap]:
    """A gap whose texts a test may replace."""
    with closing(open_store(f"sqlite:///{tmp_path / 'calendar.db'}")) as store:
        files.keep(store, files.assessment(tmp_path, files.whole(capacity="yes")))
        return list(reviews.load(store, factories.principal(), SLUG, as_of=TODAY).gaps)


def stating(gaps: Sequence[Gap], **fields: object) -> list[Gap]:
    (gap,) = gaps
    changed = Mark(**gap.mark.model_dump() | fields)
    return [Gap(**{**vars(gap), "mark": changed})]


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def value(text: str, name: str) -> str:
    """A property's text as a calendar reads it."""
    (line,) = [line for line in unfolded(text) if line.startswith(f"{name}:")]
    escaped = line.removeprefix(f"{name}:")
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], escaped)


def test_a_gap_is_an_entry_for_the_whole_day_it_is_due(gaps: list[Gap]) -> None:
    lines = unfolded(ics.write(gaps, NOON))
    assert {"DTEND;VALUE=DATE:20261205", "DURATION:P1D"} & set(lines)
    assert [line for line in lines if not line.startswith(("DTEND", "DURATION"))] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//readiness//gaps//EN",
        "CALSCALE:GREGORIAN",
        "BEGIN:VEVENT",
        "UID:gap-capacity@support-copilot.readiness",
        "DTSTAMP:20261120T120005Z",
        "DTSTART;VALUE=DATE:20261204",
        "SUMMARY:support-copilot: Capacity at expansion due",
        "DESCRIPTION:Close it Owner: omar.",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_the_id_of_an_entry_stays_when_its_date_moves(gaps: list[Gap]) -> None:
    moved = stating(gaps, due=TODAY + dt.timedelta(days=90), owner="rosa")
    (one,), (two,) = (
        [line for line in unfolded(ics.write(each, NOON)) if line.startswith("UID:")] for each in (gaps, moved)
    )
    assert one == two


def test_the_id_of_an_entry_stays_in_the_next_assessment(gaps: list[Gap], tmp_path: Path) -> None:
    def id_of(some: Sequence[Gap]) -> str:
        return value(ics.write(some, NOON), "UID")

    with closing(open_store(f"sqlite:///{tmp_path / 'calendar.db'}")) as store:
        later = files.whole(capacity="yes").model_dump()
        later["assessment"] |= {"candidate": "2027.01", "assessed_on": TODAY}
        files.keep(store, files.assessment(tmp_path, AssessmentFile.model_validate(later)))
        again = list(reviews.load(store, factories.principal(), SLUG, as_of=TODAY).gaps)
    assert again[0].id != gaps[0].id
    assert id_of(again) == id_of(gaps) == "gap-capacity@support-copilot.readiness"


def test_a_gap_without_a_date_has_no_entry_and_no_gaps_are_a_calendar_all_the_same(gaps: list[Gap]) -> None:
    empty = ics.write([], NOON)
    assert unfolded(empty)[0] == "BEGIN:VCALENDAR"
    assert ics.write(stating(gaps, due=None), NOON) == empty


def test_a_gap_without_an_action_shows_the_remedy_and_nobody_as_its_owner(gaps: list[Gap]) -> None:
    text = ics.write(stating(gaps, action="", owner=""), NOON)
    assert value(text, "DESCRIPTION") == f"{gaps[0].signal.remedy} Owner: nobody."


@pytest.mark.parametrize(
    "action",
    [
        "Commas, semicolons; and a back\\slash",
        "Two\nlines",
        "A literal \\n stays",
        "\\,;\\;,\n\\",
        "END:VEVENT\nBEGIN:VEVENT\nUID:evil",
        "Ünïcode 日本語 🚦 " * 40,
        "x" * 2_000,
        ":" * 75,
    ],
)
def test_any_text_is_read_back_as_it_was_and_stays_in_its_property(gaps: list[Gap], action: str) -> None:
    text = ics.write(stating(gaps, action=action), NOON)
    assert value(text, "DESCRIPTION") == f"{action} Owner: omar."
    frame = [line for line in unfolded(text) if line.startswith(("BEGIN:", "END:", "UID:"))]
    assert frame == [line for line in unfolded(ics.write(gaps, NOON)) if line.startswith(("BEGIN:", "END:", "UID:"))]


@pytest.mark.parametrize(("action", "shown"), [("a\r\nb\rc", "a\nb\nc"), ("a\x07b\0c", "abc"), ("a\tb", "ab")])
def test_line_ends_are_one_kind_and_control_characters_are_left_out(gaps: list[Gap], action: str, shown: str) -> None:
    assert value(ics.write(stating(gaps, action=action), NOON), "DESCRIPTION") == f"{shown} Owner: omar."


@pytest.mark.parametrize("text", ["x" * 500, "ü" * 300, "日" * 200, "🚦" * 150, "a🚦" * 120])
def test_no_line_is_longer_than_75_octets_and_no_character_is_split(gaps: list[Gap], text: str) -> None:
    raw = ics.write(stating(gaps, action=text), NOON).encode()
    lines = raw.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert all(line.decode() for line in lines[:-1])


@pytest.mark.parametrize("due", [dt.date(2028, 2, 29), dt.date(2026, 12, 31), dt.date.max])
def test_any_date_there_is_can_be_due(gaps: list[Gap], due: dt.date) -> None:
    assert f"DTSTART;VALUE=DATE:{due:%Y%m%d}" in unfolded(ics.write(stating(gaps, due=due), NOON))


def test_a_gap_that_is_due_on_the_last_day_there_is_has_an_entry_too(gaps: list[Gap]) -> None:
    assert "DTSTART;VALUE=DATE:99991231" in unfolded(ics.write(stating(gaps, due=dt.date.max), NOON))
