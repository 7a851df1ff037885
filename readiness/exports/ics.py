"""Due dates for a calendar, after RFC 5545: a whole-day entry for each gap.

Its id is made of the system and the signal, and so stays the same in the next assessment, where the gap goes on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from readiness import formatting
from readiness.language import marked, tr
from readiness.review.items import OpenGap

_FOLD = 75
NOBODY = marked("nobody")


def write(gaps: Sequence[OpenGap], made: dt.datetime) -> str:
    """A calendar of the gaps that have a due date; `made` is the instant it was written, in UTC."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//readiness//gaps//EN", "CALSCALE:GREGORIAN"]
    for gap in gaps:
        if gap.mark.due:
            lines += _entry(gap, gap.mark.due, made)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _entry(gap: OpenGap, due: dt.date, made: dt.datetime) -> Iterable[str]:
    summary = tr("{system}: {gap} due", system=gap.system, gap=tr(gap.signal.name))
    owner = tr("Owner: {owner}.", owner=gap.mark.owner or tr(NOBODY))
    return (
        "BEGIN:VEVENT",
        f"UID:gap-{gap.signal.id}@{gap.system}.readiness",
        f"DTSTAMP:{made:%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{due:%Y%m%d}",
        "DURATION:P1D",
        f"SUMMARY:{_text(summary)}",
        f"DESCRIPTION:{_text(f'{gap.mark.action or tr(gap.signal.remedy)} {owner}')}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    )


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return formatting.visible(escaped.replace("\t", "")).replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """No line is longer than 75 octets; a fold never splits a character."""
    piece = ""
    for char in line:
        if len((piece + char).encode()) > _FOLD:
            yield piece
            piece = " "
        piece += char
    yield piece
