"""The language that people are spoken to: each message is looked up by its English text.

English stands in the code and needs no catalogue; `docs/language.md` says how a text is written to be translated.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Protocol, TypeVar

from . import paths

K = TypeVar("K")
M = TypeVar("M", bound=str)
LANGUAGE_VARIABLE = "READINESS_LANGUAGE"
ENGLISH = "en"
DOMAIN = "readiness"
"""What the files of a catalogue are called."""
_IN_ENGLISH = (".", ",")


class Translations(Protocol):
    """What a catalogue answers; that of the standard library is one."""

    def gettext(self, message: str, /) -> str: ...

    def pgettext(self, context: str, message: str, /) -> str: ...

    def ngettext(self, one: str, many: str, n: int, /) -> str: ...


_SPOKEN: ContextVar[str] = ContextVar("language", default="")
_OTHERWISE: list[Callable[[], str]] = []
_CATALOGUES: dict[str, Translations] = {}


def tr(message: str, /, **values: object) -> str:
    """The message in the language of this context, with its values; in English where there is no other text."""
    spoken = current()
    text = message if spoken == ENGLISH or not message else _translations(spoken).gettext(message)
    return text.format(**values) if values else text


def trc(context: str, message: str, /, **values: object) -> str:
    """The same for a word with two meanings, such as `On`: the context is for whoever translates, and is not seen."""
    spoken = current()
    text = message if spoken == ENGLISH else _translations(spoken).pgettext(context, message)
    return text.format(**values) if values else text


def trn(one: str, many: str, n: int, /, **values: object) -> str:
    """The same by number, which stands in it as `{n}`: `trn("{n} gap", "{n} gaps", 1_234)` is `1,234 gaps`."""
    spoken = current()
    text = (one if n == 1 else many) if spoken == ENGLISH else _translations(spoken).ngettext(one, many, n)
    return text.format(n=numeral(f"{n:,}"), **values)


def marked(message: M) -> M:
    """The message as it is: it is kept as data, and goes through `tr` where it is shown."""
    return message


def said(table: Mapping[K, str]) -> Callable[[K], str]:
    """Says what a table of marked texts has for a value, as fields for choices ask for it."""
    return lambda value: tr(table[value])


def within(text: str) -> str:
    """A name inside a sentence: English lowers its first letter, other languages write it as it is."""
    return text[:1].lower() + text[1:] if current() == ENGLISH else text


def numeral(text: str) -> str:
    """A number as English writes it, with the marks of the language."""
    spoken = current()
    if spoken == ENGLISH:
        return text
    point, group = _marks(spoken)
    return text.translate({ord("."): point, ord(","): group})


def current() -> str:
    """The language of this context, else the one that the environment names, else English."""
    if spoken := _SPOKEN.get():
        return spoken
    for ask in _OTHERWISE:
        if spoken := ask():
            return spoken
    return stated() or ENGLISH


def stated() -> str:
    """The language that the environment names; empty where it names none that can be spoken."""
    named = os.environ.get(LANGUAGE_VARIABLE)
    return named.strip() if named and named.strip() in available() else ""


def check() -> None:
    """Raises InputError where the environment names a language that has no catalogue."""
    named = os.environ.get(LANGUAGE_VARIABLE, "").strip()
    if named and named not in available():
        from .errors import InputError  # which says its own words by this module

        raise InputError(
            tr("the language {named!r} is not known", named=named),
            place=LANGUAGE_VARIABLE,
            expected=tr("one of {known}", known=", ".join(available())),
        )


@contextmanager
def use(language: str) -> Iterator[None]:
    """Speak a language within this block."""
    token = _SPOKEN.set(language)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def speak(language: str) -> None:
    """Speak a language from now on, in this context."""
    _SPOKEN.set(language)


def otherwise(ask: Callable[[], str]) -> None:
    """Have `ask` say the language of a context in which none was chosen; it answers with nothing where it cannot."""
    if ask not in _OTHERWISE:
        _OTHERWISE.append(ask)


def available() -> tuple[str, ...]:
    """Every language that can be spoken, English first."""
    return (ENGLISH, *sorted({*_shipped(), *_CATALOGUES}))


def own_name(language: str) -> str:
    """What the language calls itself."""
    with use(language):
        return tr("English")


def _translations(spoken: str) -> Translations:
    if spoken not in _CATALOGUES:
        import gettext  # late, as all that English needs not

        with (paths.LOCALES / spoken / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
            _CATALOGUES[spoken] = gettext.GNUTranslations(file)
    return _CATALOGUES[spoken]


@cache
def _shipped() -> frozenset[str]:
    return frozenset(path.parents[1].name for path in paths.LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.mo"))


@cache
def _marks(language: str) -> tuple[str, str]:
    """What stands before decimals, and between thousands."""
    from babel import UnknownLocaleError, numbers  # which takes a while that English need not wait for

    try:
        return numbers.get_decimal_symbol(language), numbers.get_group_symbol(language)
    except UnknownLocaleError:
        return _IN_ENGLISH
