"""A questionnaire with answers: the same rows in the same order, and four columns more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from readiness.errors import InputError
from readiness.exports import csv_table, xlsx
from readiness.exports.sheets import MEDIA_TYPES
from readiness.importers.sheets.questions import AskedSheet
from readiness.language import marked, tr
from readiness.pack.snapshot import Snapshot, in_its_language

from . import answers
from .answers import FilledAnswer
from .matching import Matched, Place

FilledFormat = Literal["xlsx", "csv"]
ADDED = (marked("Answer"), marked("State"), marked("Source"), marked("As of"))
_STAMPED = {
    "recipient": marked("Recipient"),
    "purpose": marked("Purpose"),
    "classification": marked("Classification"),
    "valid": marked("Valid until"),
    "contact": marked("Contact"),
}
ABOUT = marked("About these answers")


@dataclass(frozen=True)
class Filled:
    """The questions of a file, each with its answer; `about` says of what, for whom and what the states mean."""

    matched: Matched
    answers: Mapping[Place, FilledAnswer]
    about: Sequence[tuple[str, str]]

    @property
    def answered(self) -> int:
        return sum(answer.answered for answer in self.answers.values())

    @property
    def counted(self) -> str:
        """`14 answered (6 shown, 8 stated); 3 not shown, 1 not stated`."""
        states = Counter(answer.state for answer in self.answers.values())
        told = {state: f"{states[state]} {tr(state)}" for state in answers.STATES if states[state]}
        borne = [text for state, text in told.items() if not state.startswith("not ")]
        silent = [text for text in told.values() if text not in borne]
        within = f" ({', '.join(borne)})" if borne else ""
        answered = tr("{n} of {all} answered", n=self.answered, all=len(self.answers))
        return "; ".join([f"{answered}{within}", *filter(None, [", ".join(silent)])])

    @property
    def forms(self) -> tuple[FilledFormat, ...]:
        """A plain table has one sheet only."""
        return get_args(FilledFormat) if len(self.matched.sheets) == 1 else ("xlsx",)


@in_its_language
def fill(taken: Snapshot, matched: Matched) -> Filled:
    """Every question that is certainly one of ours, answered by what this audience may be told."""
    found = {
        place: answers.answer(taken, question.item) if question.item else answers.unmatched(taken)
        for place, question in matched.questions.items()
    }
    filled = Filled(matched, found, ())
    return Filled(matched, found, tuple(_about(taken, filled)))


def file(filled: Filled, form: str) -> bytes:
    """The file as it leaves; raises InputError for a form in which it cannot."""
    if form not in filled.forms:
        raise InputError(
            tr("the questionnaire does not leave as {form!r}", form=form[:20]),
            expected=f" {tr('or')} ".join(filled.forms),
        )
    sheets = [_sheet(filled, at, sheet) for at, sheet in enumerate(filled.matched.sheets)]
    if form == "csv":
        return csv_table.write(sheets[0].rows[0], sheets[0].rows[1:]).encode("utf-8-sig")
    about = xlsx.PlainSheet(tr(ABOUT), [list(row) for row in filled.about], head=-1)
    return xlsx.plain([*sheets, about])


def media_type(form: str) -> str:
    return MEDIA_TYPES["csv" if form == "csv" else "xlsx"]


def _sheet(filled: Filled, at: int, asked: AskedSheet) -> xlsx.PlainSheet:
    """A sheet without questions stays as it is."""
    if at not in filled.matched.heads:
        return xlsx.PlainSheet(asked.title, asked.rows, head=-1)
    head, width = filled.matched.heads[at], max(map(len, asked.rows), default=0)
    rows = []
    for number, row in enumerate(asked.rows):
        added = tuple(map(tr, ADDED)) if number == head else _cells(filled.answers.get((at, number)))
        rows.append([*row, *[""] * (width - len(row)), *added])
    return xlsx.PlainSheet(asked.title, rows, head=head, added=width)


def _cells(answer: FilledAnswer | None) -> Sequence[str]:
    return (answer.text, tr(answer.state), answer.source, answer.as_of) if answer else [""] * len(ADDED)


def _about(taken: Snapshot, filled: Filled) -> Iterator[tuple[str, str]]:
    yield tr("System"), str(taken.head["name"])
    yield tr("Version"), taken.candidate
    yield tr("As of"), str(taken.head["as_of"])
    yield tr("What a reader may be told"), tr("{audience} pack", audience=taken.head["audience"])
    for what, name in _STAMPED.items():
        yield tr(name), str(taken.stamp[what])
    if incomplete := str(taken.stamp["incomplete"]):
        yield tr("Incomplete"), incomplete
    yield tr("Answers"), filled.counted
    yield tr("Checklist"), str(taken.foot["checklist"])
    yield tr("Record"), str(taken.foot["chain"])
    yield from ((str(taken.foot[what]), "") for what in ("numbered", "few") if taken.foot.get(what))
    yield from ((tr(state), tr(means)) for state, means in answers.STATES.items())
