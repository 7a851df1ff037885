"""What spreadsheets write around a table: another encoding, or a first line `sep=;`. Brought to UTF-8 at the door."""

from __future__ import annotations

import codecs
import io
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from readiness.errors import InputError
from readiness.language import tr

from .gateway import Source
from .limits import HEAD, MEBIBYTE

WESTERN = "cp1252"
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_TITLES = {WESTERN: "Windows-1252", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-8-sig": "UTF-8"}
_SEPARATOR = re.compile(r'"?sep=(?:[,;|]|\t)"?[ \t]*(?:\r\n|\r|\n)', re.IGNORECASE)
_UNPRINTED = re.compile(r"[^\S \t\r\n]|[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Plain:
    """A file whose text is UTF-8, and what was done to it, for the person to know."""

    source: Source
    notes: tuple[str, ...] = ()


@contextmanager
def plain(source: Source, *, western: bool = False) -> Iterator[Plain]:
    """The file as UTF-8 text: itself where it is, else a copy that is gone afterwards.

    UTF-16 and UTF-32 are told by their mark or their pattern. A table that is not UTF-8 is read as Windows-1252, which
    is what spreadsheets of the West write; `western` says that its later text was found not to be UTF-8.
    """
    encoding = _encoding(source, western=western)
    head = source.head.decode(encoding or "utf-8-sig", errors="replace")
    separator = _SEPARATOR.match(head)
    if not encoding and not separator:
        yield Plain(source)
        return
    notes = [f"the text is read as {_TITLES.get(encoding, encoding.upper())}"] if encoding else []
    notes += [f"the first line {separator[0].strip()!r} is no row"] if separator else []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "plain"
        _rewrite(source, encoding or "utf-8-sig", copy, skipped=len(separator[0]) if separator else 0)
        yield Plain(Source(source.name, copy, original=source.path), tuple(notes))


def _encoding(source: Source, *, western: bool) -> str:
    """The encoding of a text that is not UTF-8; empty for one that is, and for what is no text."""
    head = source.head
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    even, odd = head[:8:2], head[1:8:2]
    for encoding, letters, zeros in (("utf-16-le", even, odd), ("utf-16-be", odd, even)):
        if len(zeros) == 4 and not any(zeros) and letters.isascii() and letters.decode("ascii").isprintable():
            return encoding
    return WESTERN if (western or not _is_utf8(head)) and _is_western_table(head) else ""


def _is_utf8(head: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) < HEAD)
    except UnicodeDecodeError:
        return False
    return True


def _is_western_table(head: bytes) -> bool:
    """Lines with a separator and nothing that no text has; JSON, XML and TOML have to be UTF-8."""
    try:
        text = head.decode(WESTERN)
    except UnicodeDecodeError:
        return False
    first = text.lstrip().partition("\n")[0]
    return (
        first[:1] not in ("{", "[", "<", "#", "") and bool(re.search(r"[,;\t|]", first)) and not _UNPRINTED.search(text)
    )


def _rewrite(source: Source, encoding: str, copy: Path, *, skipped: int) -> None:
    with (
        source.path.open("rb") as file,
        io.TextIOWrapper(file, encoding, newline="") as text,
        copy.open("w", encoding="utf-8", newline="") as out,
    ):
        try:
            text.read(skipped)
            while chunk := text.read(MEBIBYTE):
                out.write(chunk)
        except (UnicodeDecodeError, UnicodeEncodeError) as exc:
            title = _TITLES.get(encoding, encoding.upper())
            raise InputError(
                tr("the text is not {encoding}", encoding=title), file=source.name, expected=tr("UTF-8 text")
            ) from exc
