"""A table of answers or of gaps that leaves as a spreadsheet and comes back: its columns, and its rows as cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from readiness.language import marked

SheetKind = Literal["marks", "gaps"]
ColumnKind = Literal["key", "shown", "text", "lines", "date", "answer", "yes-no", "reason"]
SheetCell = str | int | dt.date | None
LONGEST_CELL = 32_767
"""What a cell of a spreadsheet holds at most."""


@dataclass(frozen=True)
class SheetColumn:
    """`field` is that of the mark which the column states; keys tell which row it is, and what is shown is not read."""

    title: str
    kind: ColumnKind
    width: int
    field: str = ""

    @property
    def editable(self) -> bool:
        return self.kind not in ("key", "shown")


ID, SEEN = "ID", "As exported"
SYSTEM, SIGNAL = SheetColumn(marked("System"), "key", 20), SheetColumn(marked("Signal"), "key", 20)
REASON = SheetColumn(marked("Reason for a later date"), "reason", 32)
_QUESTION = SheetColumn(marked("Question"), "shown", 30)
_OWNER, _DUE = SheetColumn(marked("Owner"), "text", 26, "owner"), SheetColumn(marked("Due date"), "date", 13, "due")
_ACTION = SheetColumn(marked("Next action"), "text", 40, "action")

COLUMNS: Mapping[SheetKind, Sequence[SheetColumn]] = {
    "marks": (
        SheetColumn(f"Mark {ID}", "key", 16),
        SheetColumn(SEEN, "key", 14),
        SYSTEM,
        SIGNAL,
        _QUESTION,
        SheetColumn(marked("Answer"), "answer", 22, "mark"),
        SheetColumn(marked("Finding"), "text", 50, "note"),
        SheetColumn(marked("Evidence"), "lines", 40, "evidence"),
        SheetColumn(marked("Partial holds for"), "text", 26, "holds_for"),
        _OWNER,
        _DUE,
        _ACTION,
        SheetColumn(marked("Critical"), "yes-no", 10, "critical"),
        SheetColumn(marked("Critical because"), "text", 30, "critical_reason"),
        SheetColumn(marked("Not applicable"), "yes-no", 10, "not_applicable"),
        REASON,
    ),
    "gaps": (
        SheetColumn(f"Gap {ID}", "key", 9),
        SheetColumn(SEEN, "key", 14),
        SYSTEM,
        SIGNAL,
        _QUESTION,
        SheetColumn(marked("Answer"), "shown", 22),
        SheetColumn(marked("Finding"), "shown", 50),
        _OWNER,
        _DUE,
        _ACTION,
        SheetColumn(marked("Days over"), "shown", 9),
        SheetColumn(marked("Times moved later"), "shown", 9),
        REASON,
    ),
}


@dataclass(frozen=True)
class Sheet:
    """What leaves: a cell for each column in each row; false where it has no row."""

    kind: SheetKind
    rows: Sequence[Sequence[SheetCell]]

    @property
    def columns(self) -> Sequence[SheetColumn]:
        return COLUMNS[self.kind]

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True)
class ReadRow:
    """What comes back: the texts of the cells by the titles of their columns, and where the row stands."""

    place: str
    cells: Mapping[str, str]

    @property
    def id(self) -> str:
        return next(text for title, text in self.cells.items() if title.endswith(f" {ID}"))


@dataclass(frozen=True)
class ReadSheet:
    kind: SheetKind
    rows: Sequence[ReadRow]
