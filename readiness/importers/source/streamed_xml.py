"""XML element by element: where each begins and ends. Whoever goes through it releases what is done with.

Reports of tests and of load tests are lists of thousands of small elements, each of which is a row; none is held longer
than it takes to read it, so that a report may be as long as a table.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TextIO

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from readiness import formatting
from readiness.errors import InputError
from readiness.language import marked, tr

from .gateway import NotUtf8, Source
from .limits import MEBIBYTE, MOST_ELEMENTS, MOST_TAGS, SPAN_LINE

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


AT_ONCE = MEBIBYTE
"""Characters that the parser is given: a tag that goes on beyond them is looked through again from where it began."""


class Elements:
    """The elements of one file, which may be gone through once; `("start", element)` comes before all within it.

    Raises InputError where the XML is malformed, declares entities, or holds more than may be held at once.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._file: TextIO = io.StringIO()
        self._elements = self._tags = self._held = 0

    def __iter__(self) -> Iterator[tuple[str, Element]]:
        name = self._source.name
        try:
            with self._opened() as self._file:
                for event, element in iterparse(self, ("start", "end"), forbid_dtd=True):
                    if event == "start":
                        self._count(element)
                    yield event, element
        except DefusedXmlException as exc:
            problem = tr("the file declares a document type or entities")
            raise InputError(problem, file=name, expected=tr("XML without either")) from exc
        except UnicodeDecodeError as exc:
            raise NotUtf8(tr("the text is not UTF-8"), file=name, expected=tr("UTF-8 text")) from exc
        except ParseError as exc:
            line, column = exc.position
            place, problem = (
                tr("line {line}, column {column}", line=line, column=column + 1),
                tr("the XML breaks off or is malformed"),
            )
            raise InputError(problem, file=name, place=place, expected=tr("one whole XML document")) from exc

    def _opened(self) -> AbstractContextManager[TextIO]:
        """As text, since a file that was turned into UTF-8 still declares what it was."""
        if self._source.is_streamed:
            return self._source.path.open(encoding="utf-8-sig", newline="")
        return io.StringIO(self._source.text)

    def read(self, _size: int) -> str:
        """What comes next, for the parser."""
        text = self._file.read(AT_ONCE)
        self._held += len(text)
        if self._held > SPAN_LINE and self._source.is_streamed:
            most = tr("at most {most} MiB", most=SPAN_LINE // MEBIBYTE)
            raise InputError(tr("an element is too long"), file=self._source.name, expected=most)
        return text

    def _count(self, element: Element) -> None:
        self._elements += 1
        self._tags += 1 + len(element.attrib)
        for number, most, what in (
            (self._tags, MOST_TAGS, marked("tags and attributes in one element")),
            (self._elements, MOST_ELEMENTS, marked("elements")),
        ):
            if number > most:
                raise InputError(
                    tr("there are too many {what}", what=tr(what)),
                    file=self._source.name,
                    expected=tr("at most {most}", most=formatting.whole(most)),
                )

    def release(self, parent: Element) -> None:
        """Let go of what `parent` holds so far."""
        del parent[:]
        self._tags = self._held = 0
