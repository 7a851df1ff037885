"""The catalogues under `data/locales/`, made with Babel."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

from babel.messages import pofile
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from readiness import language, paths
from tests.language import messages

TEMPLATE = paths.LOCALES / f"{language.DOMAIN}.pot"
_NO_DAY = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
"""Catalogues say no day, so that the same messages are the same file."""
_DATED = ("POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Last-Translator", "Language-Team", "Report-Msgid")


def files() -> list[Path]:
    """The catalogue of each language."""
    return sorted(paths.LOCALES.glob(f"*/LC_MESSAGES/{language.DOMAIN}.po"))


def template() -> Catalog:
    """What the code says, without any translation."""
    catalogue = _empty()
    for message, places in messages.of_code().items():
        text = (message.text, message.many) if message.many else message.text
        catalogue.add(text, locations=[(place, 0) for place in sorted(places)], context=message.context or None)
    return catalogue


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return pofile.read_po(file, locale=path.parents[1].name)


def merged(path: Path) -> Catalog:
    """A language with the messages of today: what is new has no translation, and what is gone is left out."""
    catalogue = read(path)
    catalogue.update(template(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def as_po(catalogue: Catalog) -> bytes:
    written = io.BytesIO()
    pofile.write_po(written, catalogue, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return b"".join(line for line in written.getvalue().splitlines(True) if not line.startswith(_HEADERS))


_HEADERS = tuple(f'"{name}'.encode() for name in _DATED)


def as_mo(catalogue: Catalog) -> bytes:
    """As `msgfmt` writes it, with the header of the file that it is compiled from."""
    written, read_back = io.BytesIO(), pofile.read_po(io.BytesIO(as_po(catalogue)), locale=catalogue.locale)
    read_back.creation_date = read_back.revision_date = _NO_DAY
    write_mo(written, read_back)
    return written.getvalue()


def _empty(locale: str | None = None) -> Catalog:
    return Catalog(
        locale=locale,
        domain=language.DOMAIN,
        project="readiness",
        version="",
        header_comment="# What readiness says. Written by `python -m tests.language`.",
        creation_date=_NO_DAY,
        revision_date=_NO_DAY,
        fuzzy=False,
    )


def new(locale: str) -> Catalog:
    """A language of which nothing is translated yet."""
    catalogue = _empty(locale)
    catalogue.update(template(), no_fuzzy_matching=True)
    return catalogue
