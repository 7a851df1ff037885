"""Storing an assessment file: what it changes is worked out whole, and then stored whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlmodel import Session, col, select

from readiness import clock, formatting
from readiness.decision import merging
from readiness.decision.merging import OnConflict
from readiness.errors import Conflict, Conflicts, InputError
from readiness.language import marked, tr
from readiness.model.assessment import Assessment, AssessmentFile, Mark, System
from readiness.model.documents import Document
from readiness.model.dossier import Done, Stored
from readiness.model.record import Record
from readiness.store import facts, queries
from readiness.store.queries.past import LastStated
from readiness.store.tables import AssessmentRow, SystemRow

from . import documents, file_marks
from .base import copy, recorded

R = TypeVar("R", bound=Record)
_SLIPS_SHOWN = 4


@dataclass(frozen=True)
class _Plan:
    """What a file would change of an assessment that is stored, and what stays stored otherwise than it says.

    `system` is what it makes of the system: nothing of it where the file is of an earlier assessment.
    """

    system: System | None
    assessment: Assessment
    marks: dict[str, Mark]
    documents: list[Document]
    kept: dict[str, dict[str, Any]]
    nothing_new: bool


def add_assessment(
    session: Session,
    actor: str,
    file: AssessmentFile,
    *,
    name: str,
    digest: str,
    as_of: dt.date,
    on_conflict: OnConflict = "stop",
) -> Done:
    """Store what an assessment file states. Marks and documents it does not hold are left as they are.

    The file that was imported last changes nothing the second time. What somebody changed since a file was last read is
    a conflict, and nothing is stored unless it is said which to keep. Raises InputError and Conflicts.
    """
    slug = file.system.slug
    system = _system(session, file.system)
    row = _find_assessment(session, system, file.assessment)
    if row is not None and row.source_digest == digest:
        return Done(
            tr("{name} is the file that {slug} was last imported from; nothing changed", name=name, slug=slug),
            changed=False,
        )
    plan = _planned(session, slug, row, file, name, on_conflict) if row else None
    changes: list[str] = []
    stated_system = plan.system if plan else file.system
    if stated_system and copy(system, stated_system):
        system.row_version += 1
        changes.append(marked("the system"))
    if row is None:
        row = _new_assessment(session, actor, system, file.assessment, as_of)
        changes.append(marked("a new assessment"))
    elif plan and copy(row, plan.assessment):
        row.row_version += 1
        changes.append(marked("the assessment"))
    marks = plan.marks if plan else {mark.signal: mark for mark in file.marks}
    slips = list(file_marks.store(session, actor, system, row, marks, name))
    stated = plan.documents if plan else [document for _, document in file.documents()]
    saved = [done for document in stated if (done := documents.keep(session, actor, row.id, document))]
    changes += [_SAVED[document.kind] for document in saved]
    kept = plan.kept if plan else {}
    if not (changes or marks) and plan and plan.nothing_new:
        return Done(
            tr("{name} states what is stored already{kept}; nothing changed", name=name, kept=_kept(kept)),
            changed=False,
        )
    row.source_digest = digest
    session.add(row)
    return recorded(
        session,
        actor,
        "import",
        slug,
        f"assessment {row.candidate}",
        lambda: f"{_told(changes, len(marks), row, slug, name)}{_kept(kept)}{_slipped(slips)}{_later(row, as_of)}",
        wrote=_wrote(session, row),
        detail={
            "assessment": row.id,
            "file": name,
            "digest": digest,
            "content": file.model_dump(mode="json"),
            "differences": [sentence for document in saved for sentence in document.differences],
            "kept": kept,
            "slips": slips,
        },
    )


def check(
    session: Session,
    file: AssessmentFile,
    *,
    name: str,
    digest: str,
    on_conflict: OnConflict,
    beside: Sequence[AssessmentFile] = (),
) -> None:
    """What storing the file would be refused for, without storing any of it. Raises InputError and Conflicts.

    `beside` are those that are stored before it.
    """
    system = session.exec(select(SystemRow).where(SystemRow.slug == file.system.slug)).first()
    row = _find_assessment(session, system, file.assessment) if system else None
    if row is None:
        first = AssessmentRow(
            **file.assessment.model_dump() | {"assessed_on": file.assessment.assessed_on or clock.today()}
        )
        before = file_marks.preceding(session, system, first) if system else {}
        stated = [other.marks for other in beside if other.system.slug == file.system.slug]
        before |= {mark.signal: mark for marks in stated for mark in marks}
        for mark in file.marks:
            file_marks.check_first(mark, first, before, name)
    elif row.source_digest != digest:
        plan = _planned(session, file.system.slug, row, file, name, on_conflict)
        stored = queries.marks_of(session, row)
        before = file_marks.preceding(session, system, row) if system else {}
        for signal, mark in plan.marks.items():
            if signal in stored:
                file_marks.check_again(stored[signal].record, mark, row, name)
            else:
                file_marks.check_first(mark, row, before, name)


def _planned(
    session: Session, slug: str, row: AssessmentRow, file: AssessmentFile, name: str, on_conflict: OnConflict
) -> _Plan:
    """What the file changes of an assessment that is stored; what it does not change is not in it."""
    merging_ = _Merging(LastStated(session, slug, row), take=on_conflict == "take")
    marks = _marks(merging_, queries.marks_of(session, row), file)
    saved: list[Document] = []
    for place, document in file.documents():
        before = documents.held(session, row.id, document)
        result = merging_.part(place, type(document)(), before, document)
        if result != before or not documents.exists(session, row.id, document):
            saved.append(result)
    stored = queries.record_of(Assessment, row)
    dated = file.assessment.model_copy(update={"assessed_on": row.assessed_on})
    assessment = merging_.part("assessment", stored, stored, dated)
    newest = _later_in_force(session, slug, row)
    known = queries.record_of(System, queries.find_system(session, slug))
    system = merging_.part("system", known, known, file.system) if newest is None else None
    if merging_.conflicts and on_conflict == "stop":
        raise Conflicts(merging_.conflicts).within(file=name)
    last = merging_.last
    renamed = last.content.get("system", {}) != file.system.model_dump(mode="json")
    if newest and (marks or saved or assessment != stored or renamed):
        raise InputError(
            tr(
                "{slug} {candidate} is an earlier assessment, of {day}",
                slug=slug,
                candidate=row.candidate,
                day=formatting.day(row.assessed_on),
            ),
            file=name,
            expected=tr("a file of the latest, of {candidate}, or the file as it was", candidate=newest.candidate),
        )
    nothing_new = last.content == file.model_dump(mode="json") and last.kept == merging_.kept
    return _Plan(system, assessment, marks, saved, merging_.kept, nothing_new)


@dataclass
class _Merging:
    """Parts of a file upon those that are stored, one after the other: where they differ, and what was decided."""

    last: LastStated
    take: bool
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)

    def part(self, place: str, blank: R, now: R, file: R) -> R:
        """What is to be stored; `blank` is what was there before any file stated it."""
        merged = merging.merge(now, self.last.of(place, blank, now), file, place=place, take=self.take)
        self.conflicts += merged.conflicts
        stored, stated = merged.record.model_dump(mode="json"), file.model_dump(mode="json")
        if differing := {name: value for name, value in stored.items() if stated[name] != value}:
            self.kept[place] = differing
        return merged.record


def _marks(merging_: _Merging, stored: Mapping[str, Stored[Mark]], file: AssessmentFile) -> dict[str, Mark]:
    """The answers that the file adds or changes."""
    marks: dict[str, Mark] = {}
    for mark in file.marks:
        if mark.signal not in stored:
            marks[mark.signal] = mark
            continue
        now = stored[mark.signal].record
        result = merging_.part(f"marks.{mark.signal}", Mark(signal=mark.signal), now, mark)
        if result != now:
            marks[mark.signal] = result
    return marks


def _later_in_force(session: Session, slug: str, row: AssessmentRow) -> AssessmentRow | None:
    """The assessment in force where it is a later one than this."""
    newest = queries.in_force(queries.assessment_rows(session, queries.find_system(session, slug)), clock.today())
    return newest if newest and newest.id != row.id and row.assessed_on <= clock.today() else None


def _wrote(session: Session, row: AssessmentRow) -> list[facts.Scope]:
    session.flush()
    return facts.of_assessment(session, row)


def _told(changes: list[str], marks: int, row: AssessmentRow, slug: str, name: str) -> str:
    said = [tr(change) for change in changes]
    if marks:
        said.insert(sum(change in _BEFORE_MARKS for change in changes), formatting.count(marks, "mark"))
    told = {"slug": slug, "candidate": row.candidate, "file": name}
    if not said:
        return tr("{file} states what is stored already of {slug} {candidate}", **told)
    return tr("Stored {what} of {slug} {candidate} from {file}", what=formatting.listed(said), **told)


_SAVED = {
    "policy": marked("the release policy"),
    "monitoring": marked("the monitoring plan"),
    "card": marked("the system card"),
}
_BEFORE_MARKS = ("the system", "a new assessment", "the assessment")
"""What a sentence names before the marks."""


def _kept(kept: dict[str, dict[str, Any]]) -> str:
    places = [f"{place}.{name}" for place, values in kept.items() for name in values]
    return tr("; kept as stored: {places}", places=formatting.few(places, between=", ")) if places else ""


def _slipped(slips: list[str]) -> str:
    return f"; {formatting.few(slips, _SLIPS_SHOWN)}" if slips else ""


def _later(row: AssessmentRow, today: dt.date) -> str:
    if row.assessed_on <= today:
        return ""
    return tr("; it is dated {day} and not in force before that day", day=formatting.day(row.assessed_on))


def _system(session: Session, system: System) -> SystemRow:
    """The system as it is stored; made where there is none yet."""
    row = session.exec(select(SystemRow).where(SystemRow.slug == system.slug)).first()
    if row is None:
        row = SystemRow(**system.model_dump())
        session.add(row)
        session.flush()
    return row


def _find_assessment(session: Session, system: SystemRow, assessment: Assessment) -> AssessmentRow | None:
    query = (
        select(AssessmentRow)
        .where(AssessmentRow.system_id == system.id, AssessmentRow.candidate == assessment.candidate)
        .order_by(col(AssessmentRow.assessed_on).desc())
    )
    if assessment.assessed_on is not None:
        query = query.where(AssessmentRow.assessed_on == assessment.assessed_on)
    return session.exec(query).first()


def _new_assessment(
    session: Session, actor: str, system: SystemRow, assessment: Assessment, as_of: dt.date
) -> AssessmentRow:
    stated = assessment.model_dump() | {"assessed_on": assessment.assessed_on or as_of}
    row = AssessmentRow(**stated, system_id=system.id, author=actor)
    session.add(row)
    session.flush()
    return row
