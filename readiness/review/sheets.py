"""Answers and gaps as rows of a spreadsheet, and what its cells say."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

from readiness import clock, formatting
from readiness.errors import InputError
from readiness.language import marked, tr
from readiness.model.assessment import Mark
from readiness.model.sheets import COLUMNS, ReadRow, Sheet, SheetCell, SheetColumn, SheetKind

from .items import OpenGap
from .review import Review
from .summaries import MARKS

YES_NO = (marked("Yes"), marked("No"))
"""The words of a sheet are English, as are those of answers: it is read again, and known by a digest of them."""
ANSWERS = tuple(MARKS.values())
BETWEEN = " | "
"""What stands between the lines of a cell that has one line only."""
_LOOSE = re.compile(r"[\s'|]")
_SEEN = re.compile(r"v(\d{1,9})-([0-9a-f]{12})")


def marks(review: Review) -> Sheet:
    """Every answer of an assessment, in the order of its checklist."""
    return Sheet(
        "marks",
        [
            _row(
                "marks",
                mark_id(review.assessment_id, answer.signal.id),
                answer.row_version,
                (review.slug, answer.signal.id, answer.signal.name),
                answer.mark,
            )
            for answer in review.answers
        ],
    )


def gaps(open_gaps: Iterable[OpenGap]) -> Sheet:
    """A row for each gap, in the order that they are given in."""
    return Sheet(
        "gaps",
        [
            _row(
                "gaps",
                gap.id,
                gap.row_version,
                (gap.system, gap.signal.id, gap.signal.name, MARKS[gap.mark.mark], gap.mark.note),
                gap.mark,
                (gap.days_over, gap.slips),
            )
            for gap in open_gaps
        ],
    )


def mark_id(assessment: int, signal: str) -> str:
    """An answer by its assessment and question, since one that nobody gave yet has no id of its own."""
    return f"{assessment}:{signal}"


def _row(
    kind: SheetKind,
    key: SheetCell,
    version: int,
    before: Sequence[SheetCell],
    mark: Mark,
    after: Sequence[SheetCell] = (),
) -> list[SheetCell]:
    stated = [cell(mark, column) for column in COLUMNS[kind] if column.field]
    seen = f"v{version}-{digest(map(text, stated))}"
    return [key, seen, *before, *stated, *after, ""]


def cell(mark: Mark, column: SheetColumn) -> SheetCell:
    """What a column says of a mark."""
    value = getattr(mark, column.field)
    if column.kind == "answer":
        return MARKS[value]
    if column.kind == "yes-no":
        return YES_NO[not value]
    if column.kind == "lines":
        return "\n".join(value)
    return value or ""


def told(column: SheetColumn, mark: Mark) -> str:
    """What a column says of a mark, in words for people."""
    value = cell(mark, column)
    if isinstance(value, dt.date):
        return formatting.day(value)
    words = formatting.plain(text(value))
    return tr(words) if column.kind in ("answer", "yes-no") else words or tr("nothing")


def text(value: SheetCell) -> str:
    """A cell as it is written where there are only texts."""
    return value.isoformat() if isinstance(value, dt.date) else "" if value is None else str(value)


def digest(texts: Iterable[str]) -> str:
    """What the cells of a row are known by, whatever blanks, apostrophes and bars a form of the sheet gives them."""
    plain = [_LOOSE.sub("", formatting.visible(text)) for text in texts]
    return hashlib.sha256("\x1f".join(plain).encode()).hexdigest()[:12]


def seen(kind: SheetKind, row: ReadRow, told: str) -> tuple[int, bool]:
    """The row version that a row was exported with, and whether its cells are still as they were then."""
    found = _SEEN.fullmatch(told.strip())
    if not found:
        raise InputError(
            tr("{cell!r} is not what was exported there", cell=told[:40]), expected=tr("the cell as it was")
        )
    columns = [column for column in COLUMNS[kind] if column.field]
    return int(found[1]), found[2] == digest(row.cells.get(column.title, "") for column in columns)


def value(column: SheetColumn, told: str) -> object:
    """What a person wrote into a cell. Raises InputError with the title of its column."""
    if column.kind == "date":
        return _date(told.strip(), column.title)
    if column.kind == "lines":
        return [line.strip() for line in told.replace(BETWEEN, "\n").split("\n") if line.strip()]
    if column.kind in ("answer", "yes-no"):
        return _choice(column, told)
    return told.strip()


def _choice(column: SheetColumn, told: str) -> object:
    choices: Mapping[str, object] = {word: value for value, word in MARKS.items()} | {"": None}
    if column.kind == "yes-no":
        choices = {"Yes": True, "No": False, "": False}
    known = {_plain(word): value for word, value in choices.items()}
    if _plain(told) not in known:
        words = [word for word in choices if word]
        problem, known_ = tr("{cell!r} is not a choice", cell=told[:60]), ", ".join(words)
        raise InputError(problem, place=column.title, expected=tr("one of {known}", known=known_))
    return known[_plain(told)]


def _plain(word: str) -> str:
    """Keyboards have no dash of this length."""
    return formatting.plain(word).casefold().replace("–", "-").replace("—", "-")


def _date(told: str, title: str) -> dt.date | None:
    if not told:
        return None
    day = clock.date_of(told, place=title)
    if not clock.is_plausible(day):
        raise InputError(tr("{cell} cannot be meant", cell=told), place=title, expected=clock.PLAUSIBLE)
    return day
