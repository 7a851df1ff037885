"""The sections of plug-ins: each says which audiences get which of its fields, and gives a text and rows of a table."""

from __future__ import annotations

import re
from collections.abc import Mapping

from readiness import plugins
from readiness.errors import InputError
from readiness.language import tr
from readiness.review.review import Review

from .base import Plain

SECTIONS: dict[str, plugins.Plugin] = {}
"""By id. A section has `id`, `title`, `audiences` (the fields that each of them may get) and `build(review)`."""
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def load(taken: Mapping[str, object]) -> None:
    """Find those that are installed; none takes the place of a section that is there."""
    for plugin in plugins.of("readiness.pack_sections"):
        lacking = [name for name in ("id", "title", "audiences", "build") if not hasattr(plugin.offers, name)]
        section = "" if lacking else str(plugin.offers.id)
        if lacking or not _ID.fullmatch(section) or section in taken or section in SECTIONS:
            why = f"has no {lacking[0]}" if lacking else f"calls itself {section!r}, which cannot be or is taken"
            plugins.failed(f"the section {plugin.told} {why}")
        else:
            SECTIONS[section] = plugin


def build(section: str, review: Review) -> dict[str, Plain]:
    """What a section takes, of which its allow-list lets `text` and `rows` through. Raises InputError."""
    plugin = SECTIONS[section]
    data = plugin.call(plugin.offers.build, review)
    if not isinstance(data, dict) or not data.keys() <= {"text", "rows"}:
        raise InputError(
            tr("the section {plugin} gave something else", plugin=plugin.told), expected=tr("a text and rows")
        )
    return {"text": "", "rows": [], **data}
