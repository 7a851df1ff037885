"""A CSV file of one tool's own columns, row by row: read whole, with the reason why a row cannot be used."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator

from readiness import formatting
from readiness.errors import InputError
from readiness.importers.source.gateway import Source
from readiness.importers.source.limits import MOST_ROWS
from readiness.importers.source.lines import csv_lines, longest_cell
from readiness.language import tr

from . import table
from .rows import uneven


def header(source: Source) -> set[str]:
    """The names in the first line, as far as it is one of a CSV; for telling a format."""
    first = table.first_line(source)
    try:
        return {name.strip() for name in next(csv.reader([first], delimiter=table.delimiter(first)), [])}
    except csv.Error:
        return set()


def rows(source: Source, needed: Collection[str] = ()) -> Iterator[tuple[str, dict[str, str], str]]:
    """Place, cells by column, and why the row is none: it has too few or too many cells.

    Raises InputError where the text is no CSV, lacks one of the columns needed, or has too many rows.
    """
    csv.field_size_limit(longest_cell(source))
    text = csv_lines(source) if source.is_streamed else io.StringIO(source.text.lstrip())
    reader = csv.reader(text, strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
        if lacking := sorted(set(needed).difference(names)):
            expected = tr("a first line with {columns}", columns=", ".join(sorted(needed)))
            raise InputError(
                tr("the table has no column {columns}", columns=", ".join(lacking)), file=source.name, expected=expected
            )
        for number, cells in enumerate(filter(None, reader), start=1):
            if number > MOST_ROWS:
                raise InputError(
                    tr("the file has too many rows"),
                    file=source.name,
                    expected=tr("at most {most}", most=formatting.whole(MOST_ROWS)),
                )
            why = "" if len(cells) == len(names) else uneven(len(cells), len(names))
            yield f"row {number}", {} if why else dict(zip(names, cells, strict=True)), why
    except csv.Error as exc:
        raise InputError(
            tr("the table cannot be read ({reason})", reason=exc), file=source.name, expected=tr("a whole CSV file")
        ) from exc
