"""Rows of files that are larger than memory: each is let go once it is a case, and cases are counted as they come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import MOST_FIELDS, MOST_ROWS, MOST_SCORES
from readiness.language import marked, tr

from .scored import Run

Row = TypeVar("Row")


def check_held(cases: int, source: Source) -> None:
    """Raises InputError where a large file has too many cases to be held."""
    if source.is_streamed:
        check_number(cases + 1, MOST_SCORES, marked("cases"), source)


def check_number(number: int, most: int, what: str, source: Source) -> None:
    """Raises InputError where a file, however large, holds more of something than can be held."""
    if number > most:
        problem = tr("the file has more than {most} {what}", most=formatting.whole(most), what=tr(what))
        raise InputError(problem, file=source.name, expected=tr("a part of it; native results may have more"))


def bounded(rows: Iterable[Row], run: Run, source: Source) -> Iterator[Row]:
    """The rows, as long as what they become can be held.

    Raises InputError where a large file has too many cases, fields of cases, or rows that are none.
    """
    if not source.is_streamed:
        yield from rows
        return
    done = fields = 0
    for row in rows:
        yield row
        fields += sum(len(case.fields) for case in run.cases[done:])
        done = len(run.cases)
        for number, most, what in (
            (done, MOST_SCORES, marked("cases")),
            (fields, MOST_FIELDS, marked("fields of cases")),
            (len(run.skips), MOST_ROWS, marked("rows that are no cases")),
        ):
            check_number(number, most, what, source)
