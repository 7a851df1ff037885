"""How the templates of `templates/web/` say a text: as the code does, with values that may be markup."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup, escape

from readiness import formatting, language
from readiness.language import marked
from readiness.model.traces import SpanField, TracePath

PATHS: dict[TracePath, str] = {
    "good": marked("good path"),
    "bad": marked("bad path"),
    "escalation": marked("escalation path"),
}
"""Which label a trace bears, in words."""
RELEASED: dict[SpanField, str] = {
    "input": marked("✓ The input may leave in packs for security reviewers; {person} released it on {day}."),
    "output": marked("✓ The output may leave in packs for security reviewers; {person} released it on {day}."),
    "error": marked("✓ The error may leave in packs for security reviewers; {person} released it on {day}."),
}
"""That somebody released a text of a span."""
WORDS = (
    *(marked("viewer"), marked("exporter"), marked("owner"), marked("approver"), marked("assessor"), marked("admin")),
    *(marked("with the verdict"), marked("against the verdict"), marked("without a decision")),
    *(marked("mail"), marked("webhook")),
)
"""Roles, ways of deciding and ways of sending, which are values elsewhere and words where they are shown."""


def shown(value: object) -> object:
    """A text as a page shows it: nothing in it hides, and what runs from right to left moves nothing beside it."""
    plain = isinstance(value, str) and not isinstance(value, Markup)
    return formatting.isolated(formatting.visible(str(value))) if plain else value


def tr(message: str, /, **values: object) -> Markup:
    """As `language.tr`: a value that is markup stays it, every other one is escaped as the text is."""
    return _with(language.tr(message), values)


def trc(context: str, message: str, /, **values: object) -> Markup:
    return _with(language.trc(context, message), values)


def trn(one: str, many: str, n: int, /, **values: object) -> Markup:
    return _with(language.trn(one, many, n, **{name: f"{{{name}}}" for name in values}), values)


def said(message: str) -> Markup:
    """As a filter: `names | map('said')`."""
    return tr(message)


def _with(text: str, values: dict[str, object]) -> Markup:
    markup = _escaped(text)
    return markup.format(**{name: shown(value) for name, value in values.items()}) if values else markup


@lru_cache(maxsize=4096)
def _escaped(text: str) -> Markup:
    """By the text in the language that it is said in."""
    return escape(shown(text))
