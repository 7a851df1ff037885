"""What a file that is read again may change, and what somebody changed since it was last read. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from pydantic import ValidationError

from readiness import formatting
from readiness.errors import Conflict
from readiness.language import tr
from readiness.model import revision_diff
from readiness.model.documents import is_document
from readiness.model.record import Record

R = TypeVar("R", bound=Record)
OnConflict = Literal["stop", "keep", "take"]
"""Where somebody changed what the file says otherwise: nothing is stored, theirs is kept, or the file is taken."""
_LONGEST = 120


@dataclass(frozen=True)
class LastRead(Generic[R]):
    """What a file said when it was last read (`said`), and what the store held right after it (`left`)."""

    said: R
    left: R


@dataclass(frozen=True)
class Merged(Generic[R]):
    """What is to be stored, and where it had to be decided."""

    record: R
    conflicts: tuple[Conflict, ...]


def merge(stored: R, last: LastRead[R], file: R, *, place: str, take: bool) -> Merged[R]:
    """What the file changed since it was last read, upon what is stored.

    A field that somebody changed since, to another value than the file's, is a conflict; it is taken from the file, or
    kept. `place` is where the record stands in the file.
    """
    values: dict[str, Any] = {}
    conflicts = []
    for name in type(file).model_fields:
        theirs, mine, left = (getattr(record, name) for record in (stored, file, last.left))
        if theirs == mine:
            continue
        if theirs != left:
            conflicts.append(_conflict(f"{place}.{name}", *_told(name, stored, last.left, file)))
        if take if theirs != left else mine != getattr(last.said, name):
            values[name] = mine
    return Merged(_joined(stored, file, values, take=take), tuple(conflicts))


def _joined(stored: R, file: R, values: dict[str, Any], *, take: bool) -> R:
    """Fields of both together; where these make no sense together, one of the two whole."""
    try:
        return type(file).model_validate(stored.model_copy(update=values).model_dump())
    except ValidationError:
        return file if take else stored


def _told(name: str, stored: Record, left: Record, file: Record) -> tuple[str, str]:
    """What both say of a field, in words; of a document what each changed."""
    if is_document(left):
        changes = (
            revision_diff.between(left, left.model_copy(update={name: getattr(record, name)}))
            for record in (stored, file)
        )
        theirs, mine = ("; ".join(told) or tr("as it was") for told in changes)
        return theirs, mine
    return _shown(getattr(stored, name)), _shown(getattr(file, name))


def _shown(value: Any) -> str:
    if isinstance(value, dt.date):
        return formatting.day(value)
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    line = " ".join(("; ".join(value) if isinstance(value, list) else str(value or "")).split())
    return f"“{line if len(line) <= _LONGEST else line[:_LONGEST] + '…'}”" if line else tr("nothing")


def _conflict(place: str, theirs: str, mine: str) -> Conflict:
    return Conflict(
        tr(
            "somebody changed this since the file was last read: {theirs} in the store, {mine} in the file",
            theirs=theirs,
            mine=mine,
        ),
        theirs={place: theirs},
        place=place,
        expected=tr("a choice, to keep what is stored or to take the file (--on-conflict keep or take)"),
    )
