"""Lines of a file from disk, one at a time: what a large file of lines holds in memory is its longest line."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator

from readiness.errors import InputError
from readiness.language import tr

from .gateway import Source, to_text
from .limits import DOCUMENT_CAP, MEBIBYTE, SPAN_LINE


def lines(source: Source, wanted: Callable[[bytes], bool] = bool) -> Iterator[tuple[str, str]]:
    """Place and text of each line that is not blank and that `wanted` picks by its bytes.

    Raises InputError for a line that is too long, or whose text is none.
    """
    with source.path.open("rb") as file:
        number = 0
        while line := file.readline(SPAN_LINE + 1):
            number += 1
            place = f"line {number}"
            if len(line) > SPAN_LINE:
                most = tr("at most {most} MiB", most=SPAN_LINE // MEBIBYTE)
                raise InputError(tr("the line is too long"), file=source.name, place=place, expected=most)
            if line.strip() and wanted(line):
                yield place, to_text(line.strip(), file=source.name, place=place)


def text_lines(source: Source) -> Iterator[tuple[str, str]]:
    """Place and text of each line that is not blank: of a large file from disk, of any other as it stands.

    Only a line feed ends a line, since texts may hold other line ends. Raises InputError as `lines` and `Source.text`.
    """
    if source.is_streamed:
        yield from lines(source)
        return
    for number, line in enumerate(source.text.split("\n"), start=1):
        if line.strip():
            yield f"line {number}", line


def csv_lines(source: Source) -> Iterable[str]:
    """The text as what reads CSV wants it: lines with their ends, of a large file from disk.

    Raises InputError as `lines` and `Source.text`.
    """
    return _csv_lines(source) if source.is_streamed else io.StringIO(source.text, newline="")


def longest_cell(source: Source) -> int:
    """How many characters a cell may have: all of a text that is held whole, or as many as a line."""
    return SPAN_LINE if source.is_streamed else DOCUMENT_CAP


def _csv_lines(source: Source) -> Iterator[str]:
    with source.path.open("rb") as file:
        number = 0
        while line := file.readline(SPAN_LINE + 1):
            number += 1
            place = f"line {number}"
            if len(line) > SPAN_LINE:
                most = tr("at most {most} MiB", most=SPAN_LINE // MEBIBYTE)
                raise InputError(tr("the line is too long"), file=source.name, place=place, expected=most)
            yield to_text(line, file=source.name, place=place)


def first_line(source: Source) -> str:
    """The first line that is not blank, without blanks around it; empty where it is the only one, or too long."""
    with source.path.open("rb") as file:
        while (line := file.readline(SPAN_LINE)).endswith(b"\n"):
            if text := line.decode("utf-8-sig", "replace").strip():
                return text
    return ""
