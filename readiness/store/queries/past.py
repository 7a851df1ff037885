"""What stood on a day that is past: what was written after it is undone, as far as the record tells.

What an assessment said when it was stored first, it said of its own day, however late it was stored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlmodel import Session, col, func, select

from readiness import clock
from readiness.decision.merging import LastRead
from readiness.model.assessment import Assessment, Mark, System
from readiness.model.documents import KINDS
from readiness.model.dossier import DueMove, Stored
from readiness.model.record import Record
from readiness.model.traces import Trace
from readiness.store.tables import AssessmentRow, EventRow

R = TypeVar("R", bound=Record)
_STATING = ("import", "system.create", "assessment.start")
_ANSWERS = ("mark", "gap.move")
ANSWERING = (*_STATING, *_ANSWERS)
"""What states answers or changes them."""
_EDITS = ("system.edit", "assessment.edit")
_LABEL = "trace.label"


@dataclass(frozen=True)
class Past:
    """A past day of a system, and the events that stated or changed its assessments, in their order."""

    day: dt.date
    events: Sequence[EventRow]

    def until(self, row: AssessmentRow) -> dt.datetime:
        """The end of the day, or when the assessment was stored first where that was later."""
        end = clock.end_of(self.day)
        return max(end, next((event.at for event in self.events if states(event, row)), end))

    def marks(self, row: AssessmentRow, now: Mapping[str, Stored[Mark]]) -> dict[str, Stored[Mark]]:
        """The answers as they were, with the ids and row versions of today."""
        then = replay(self._before(row), row)
        if not then:
            return dict(now)
        return {
            signal: Stored(mark.id, mark.row_version, _read(Mark, then[signal], mark.record))
            for signal, mark in now.items()
            if signal in then
        }

    def assessment(self, row: AssessmentRow, now: Assessment) -> Assessment:
        stated = [said for event in self._before(row) if _about(event, row) and (said := _said_of(event, "assessment"))]
        return _read(Assessment, stated[-1] | {"assessed_on": row.assessed_on}, now) if stated else now

    def system(self, row: AssessmentRow, now: System) -> System:
        """What had been stated of the system last, by a file or on a page."""
        stated = [said for event in self._before(row) if (said := _said_of(event, "system"))]
        return _read(System, stated[-1], now) if stated else now

    def moves(self, row: AssessmentRow, moves: Sequence[DueMove]) -> list[DueMove]:
        until = self.until(row)
        return [move for move in moves if move.at <= until]

    def trace(self, stored: Stored[Trace]) -> Stored[Trace]:
        """A trace with the label and the lesson that it had."""
        label = self._labels.get(stored.record.trace_id)
        return replace(stored, record=stored.record.model_copy(update=label)) if label else stored

    @cached_property
    def _labels(self) -> Mapping[str, Mapping[str, Any]]:
        """What each trace that was labelled after the day had been labelled, by its id."""
        end = clock.end_of(self.day)
        later = [event for event in reversed(self.events) if event.action == _LABEL and event.at > end]
        return {event.subject.removeprefix("trace "): event.detail["before"] for event in later}

    def _before(self, row: AssessmentRow) -> Iterator[EventRow]:
        until = self.until(row)
        return (event for event in self.events if event.at <= until)


def past(session: Session, slug: str, day: dt.date) -> Past | None:
    """What is needed to undo what came after a day; None for today and for days to come."""
    return Past(day, recorded(session, slug)) if day < clock.today() else None


def recorded(session: Session, slug: str) -> Sequence[EventRow]:
    """The events that stated or changed assessments and labels of a system, in their order.

    Those of a system that was deleted, and whose name another one bears now, are not among them.
    """
    actions = (*ANSWERING, *_EDITS, _LABEL)
    query = select(EventRow).where(EventRow.system == slug, col(EventRow.action).in_(actions))
    query = query.where(col(EventRow.seq) > deleted_at(slug))
    return session.exec(query.order_by(col(EventRow.seq))).all()


def deleted_at(slug: str) -> Any:
    """The number of the event that deleted the system which bore this name before; 0 where none did."""
    last = select(func.max(EventRow.seq)).where(EventRow.system == slug, EventRow.action == "system.delete")
    return func.coalesce(last.scalar_subquery(), 0)


def states(event: EventRow, row: AssessmentRow) -> bool:
    """Whether an event states this assessment whole: a file was imported, or it was begun on a page."""
    if event.action not in _STATING or "content" not in event.detail:
        return False
    if "assessment" in event.detail:
        return bool(event.detail["assessment"] == row.id)
    stated = event.detail["content"]["assessment"]
    return stated["candidate"] == row.candidate and stated["assessed_on"] in (None, row.assessed_on.isoformat())


def _about(event: EventRow, row: AssessmentRow) -> bool:
    return states(event, row) or (event.action in _EDITS and event.detail.get("assessment") == row.id)


def _said_of(event: EventRow, part: str) -> dict[str, Any]:
    """What an event states whole of the system or of an assessment; nothing where it is about something else."""
    stated = event.detail.get("stated" if event.action in _EDITS else "content", {})
    return dict(stated.get(part) or {})


def replay(events: Iterable[EventRow], row: AssessmentRow) -> dict[str, dict[str, Any]]:
    """The answers of an assessment as these events left them, as JSON."""
    marks: dict[str, dict[str, Any]] = {}
    for _, changed in replayed(events, row):
        marks |= changed
    return marks


def replayed(events: Iterable[EventRow], row: AssessmentRow) -> Iterator[tuple[EventRow, Mapping[str, dict[str, Any]]]]:
    """Each event that stated or changed answers of an assessment, with these answers as it left them."""
    marks: dict[str, dict[str, Any]] = {}
    for event in events:
        changed = _left(event, row, marks)
        marks |= changed
        if changed:
            yield event, changed


def _left(event: EventRow, row: AssessmentRow, marks: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    if states(event, row):
        kept = event.detail.get("kept", {})
        stated = {mark["signal"]: mark for mark in event.detail["content"]["marks"]}
        return {signal: mark | kept.get(f"marks.{signal}", {}) for signal, mark in stated.items()}
    if event.action in _ANSWERS:
        signal = event.subject.removeprefix("signal ")
        mark = marks.get(signal) or Mark(signal=signal).model_dump(mode="json")
        if _follows(event, row, mark):
            return {signal: mark | event.detail["after"]}
    return {}


def _follows(event: EventRow, row: AssessmentRow, mark: Mapping[str, Any]) -> bool:
    """Whether an answer changed this mark; older events do not say of which assessment, but what was there before."""
    if "assessment" in event.detail:
        return bool(event.detail["assessment"] == row.id)
    return all(mark.get(name) == value for name, value in event.detail["before"].items())


def _read(kind: type[R], stated: Mapping[str, Any], now: R) -> R:
    """A record as it was; as it is where an older program wrote what this one does not know."""
    try:
        return kind.model_validate(stated)
    except ValidationError:
        return now


class LastStated:
    """What the files of an assessment said when each part was last read, and what the store held right after it."""

    def __init__(self, session: Session, slug: str, row: AssessmentRow) -> None:
        self._said: dict[str, dict[str, Any]] = {}
        self._left: dict[str, dict[str, Any]] = {}
        self.content: dict[str, Any] = {}
        self.kept: dict[str, dict[str, Any]] = {}
        for event in recorded(session, slug):
            if states(event, row):
                self.content, self.kept = event.detail["content"], event.detail.get("kept", {})
                parts = parts_of(self.content)
                self._said |= parts
                self._left |= {place: part | self.kept.get(place, {}) for place, part in parts.items()}

    def of(self, place: str, blank: R, now: R) -> LastRead[R]:
        """One part; blank where no file stated it, and what is stored where an older program wrote it otherwise."""
        if place not in self._said:
            return LastRead(blank, blank)
        return LastRead(*(_read(type(now), stated[place], now) for stated in (self._said, self._left)))


def parts_of(content: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What pages can edit of an assessment file, each part by its place in the file."""
    marks = {f"marks.{mark['signal']}": mark for mark in content["marks"]}
    return marks | {name: content[name] for name in _PARTS if content.get(name) is not None}


_PARTS = ("system", "assessment", *KINDS)
