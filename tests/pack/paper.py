"""A PDF and a presentation as a reader meets them: words, what is read aloud, and what is told of the file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from pptx import Presentation
from pypdf import PdfReader

from readiness.pack import Pack
from readiness.seal import archive

_UNSEEN = re.compile("[\u200b\u2068\u2069\u00ad]")


def pages(body: bytes) -> list[str]:
    """The words of each page, each run of white space as one space."""
    return [" ".join(_UNSEEN.sub("", page.extract_text()).split()) for page in PdfReader(io.BytesIO(body)).pages]


def sizes(body: bytes) -> set[float]:
    """The sizes of all letters, in points."""
    found: set[float] = set()

    def read(text: str, matrix: list[float], line: list[float], _: object, size: float) -> None:
        if text.strip():
            found.add(round(abs(size * line[0] * matrix[0]), 2))

    for page in PdfReader(io.BytesIO(body)).pages:
        page.extract_text(visitor_text=read)
    return found


def told(made: Pack) -> str:
    """All that can be read in a pack, whatever its format, of a ZIP in each of its members."""
    if made.media_type != "application/zip":
        return _words(made.body)
    return "\n".join(f"{name}\n{_words(body)}" for name, body in archive.unpack(made.body).items())


def _words(body: bytes) -> str:
    return everything(body) if body.startswith(b"%PDF") else body.decode()


def everything(body: bytes) -> str:
    """Words, metadata, bookmarks and words of pictures; once as they stand, and once as if no line were broken."""
    reader = _raw(body)
    told = [*pages(body), str(reader.metadata), str(reader.outline), *alternatives(body)]
    told.append(reader.trailer["/Root"]["/Metadata"].get_data().decode("utf-8", "replace"))
    text = "\n".join(told)
    return f"{text}\n{''.join(text.split())}"


def _raw(body: bytes) -> Any:
    return PdfReader(io.BytesIO(body))


def alternatives(body: bytes) -> list[str]:
    """What is read aloud in the place of each picture."""
    return [str(element["/Alt"]) for element in structure(body) if "/Alt" in element]


def structure(body: bytes) -> Iterator[Any]:
    """Every element that the document is tagged with."""
    waiting = [_raw(body).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop()
        if "/S" in element:
            yield element
        inside = element.get("/K", [])
        for one in inside if isinstance(inside, list) else [inside]:
            found = one.get_object()
            if isinstance(found, dict):
                waiting.append(found)


def slides(body: bytes) -> list[str]:
    """The words of each slide with its notes."""
    return [
        " ".join([text for shape in slide.shapes for text in _texts(shape)] + [slide.notes_slide.notes_text_frame.text])
        for slide in Presentation(io.BytesIO(body)).slides
    ]


def members(body: bytes) -> str:
    """All that a presentation is made of."""
    with zipfile.ZipFile(io.BytesIO(body)) as made:
        return "\n".join(made.read(name).decode("utf-8", "replace") for name in made.namelist())


def _texts(shape: Any) -> Iterator[str]:
    if shape.has_text_frame:
        yield shape.text_frame.text
    if getattr(shape, "has_table", False):
        yield from (cell.text for row in shape.table.rows for cell in row.cells)
